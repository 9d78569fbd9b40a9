import Apps
import Git
import GitHTTP
import Hummingbird

extension ServiceOptions {
    /// Who a request of git's is logged as.
    func pusher(of request: Request) -> Pusher {
        let signature = signature(of: request)
        let user = trustsForwardedUser ? request.headers[.forwardedUser] : nil
        return Pusher(user: user ?? signature.name, name: signature.name, email: signature.email)
    }

    /// In whose name a request's commit is made.
    func signature(of request: Request) -> Signature {
        var author = self.author
        if trustsForwardedUser {
            let user = request.headers[.forwardedUser] ?? ""
            let email = request.headers[.forwardedEmail] ?? ""
            if !user.isEmpty || !email.isEmpty {
                author = CommitAuthor(
                    name: user.isEmpty ? email : user, email: email.isEmpty ? "\(user)@unknown" : email)
            }
        }
        let time = now()
        return Signature(
            name: author.name, email: author.email, seconds: time.seconds, offsetMinutes: time.offsetMinutes)
    }
}

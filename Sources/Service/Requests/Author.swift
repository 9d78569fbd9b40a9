import Access
import Apps
import Git
import GitHTTP
import Hummingbird

extension ServiceOptions {
    /// Who a request of git's is logged as.
    ///
    /// - Parameter largestPack: the largest pack that is taken from them, in bytes; nil for any.
    func pusher(of request: Request, largestPack: Int? = nil) -> Pusher {
        let signature = signature(of: request)
        let exchange = Exchange.current
        let forwarded = trustsForwardedUser && exchange?.comesFromProxy ?? true ? request.headers[.forwardedUser] : nil
        let user = exchange?.caller?.user ?? forwarded
        return Pusher(
            user: user ?? signature.name, name: signature.name, email: signature.email,
            largestPack: largestPack, holder: exchange?.holder ?? exchange?.client)
    }

    /// In whose name a request's commit is made: the caller's; where nobody is asked, whom a trusted proxy names.
    func signature(of request: Request) -> Signature {
        var author = self.author
        let exchange = Exchange.current
        if let caller = exchange?.caller {
            let domain = self.author.email.split(separator: "@").last.map(String.init) ?? "localhost"
            author = CommitAuthor(name: caller.authorName, email: caller.authorEmail(domain: domain))
        } else if trustsForwardedUser, exchange?.comesFromProxy ?? true {
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

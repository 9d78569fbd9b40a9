import Crypto
import Foundation
public import JSONValues

/// The description as one HTML page that asks for nothing else: no font, no script, no picture of anybody.
///
/// It is whole without JavaScript; the little script in it only searches and fills in where the service is. The
/// content security policy lets exactly this style and this script be, by their hashes.
public struct Page: Sendable {
    public let html: String
    /// The value of `Content-Security-Policy` under which the page works, and nothing else does.
    public let contentSecurityPolicy: String

    /// - Parameter document: the OpenAPI document to show.
    public init(_ document: JSON) {
        let renderer = Renderer(document)
        html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(HTML.escaped(renderer.title))</title>
            <link rel="icon" href="data:,">
            <style>\(Self.style)</style>
            </head>
            <body>
            \(renderer.body.text)
            <script>\(Self.script)</script>
            </body>
            </html>

            """
        contentSecurityPolicy = [
            "default-src 'none'", "style-src '\(Self.hash(Self.style))'", "script-src '\(Self.hash(Self.script))'",
            "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'",
        ].joined(separator: "; ")
    }

    private static func hash(_ text: String) -> String {
        "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }
}

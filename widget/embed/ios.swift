// The page needs neither script nor storage, so both are switched off.
final class Feedback: NSObject, WKUIDelegate {
    let view: WKWebView

    override init() {
        let configuration = WKWebViewConfiguration()
        configuration.websiteDataStore = .nonPersistent()
        configuration.defaultWebpagePreferences.allowsContentJavaScript = false
        view = WKWebView(frame: .zero, configuration: configuration)
        super.init()
        view.uiDelegate = self
        view.load(URLRequest(url: URL(string: "https://nps.example/w/KEY?lang=en")!))
    }

    // "Privacy" asks for a window of its own: it opens in place, and a swipe back leads to the form again.
    func webView(_ view: WKWebView, createWebViewWith configuration: WKWebViewConfiguration,
                 for action: WKNavigationAction, windowFeatures: WKWindowFeatures) -> WKWebView? {
        view.load(action.request)
        return nil
    }
}

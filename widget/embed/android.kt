// The page needs neither script nor storage, which a WebView leaves off unless told otherwise.
fun showFeedback(activity: Activity, view: WebView) {
    val own = Uri.parse("https://nps.example/w/KEY?lang=en")
    view.settings.setSupportMultipleWindows(false) // "Privacy" opens in place, and Back leads to the form again
    view.webViewClient = object : WebViewClient() {
        override fun shouldOverrideUrlLoading(view: WebView, request: WebResourceRequest): Boolean {
            if (request.url.host == own.host) return false
            activity.startActivity(Intent(Intent.ACTION_VIEW, request.url))
            return true
        }
    }
    view.loadUrl(own.toString())
}

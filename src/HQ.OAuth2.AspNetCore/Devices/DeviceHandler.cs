using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The page for devices over HTTP (RFC 8628 §3.3), from top to bottom: read the code, find the user, check whether this is an answer of our page,
/// find the request, ask or answer. A link with the code shows the same page as the code that a user typed, and allows nothing (§3.3.1).
/// </summary>
internal sealed class DeviceHandler(
    DeviceEndpoint endpoint,
    AuthorizeForms forms,
    ConsentForms consents,
    AuthorizeReplies replies,
    ServerSettings settings
)
{
    public async ValueTask<Reply> HandleAsync(HttpContext http)
    {
        var isPost = HttpMethods.IsPost(http.Request.Method);
        if ((isPost ? await OAuthHttp.ReadFormAsync(http) : OAuthHttp.ReadQuery(http)).Failed(out var unreadable, out var sent))
            return unreadable;
        var typed = sent[DevicePages.CodeField];
        var isCode = UserCode.TryRead(typed, out var code);
        var here = settings.Issuer.DevicePath;
        if (isCode)
            here = $"{here}?{DevicePages.CodeField}={code.Shown}";

        // §3.3: the user signs in by the host's own authentication before a code counts.
        if (await HostUser.FindSessionAsync(http, settings.Options) is not { } session)
            return replies.SignIn(here);
        if (HostUser.Subject(session.Principal, settings.Options).Failed(out var unusable, out var subject))
            return unusable;
        if (!isCode)
            return DevicePages.Enter(session.Principal, typed is null ? null : OAuthError.UserCodeUnknown);

        // RFC 6749 §10.12: an answer counts only if our own page posted it, in the session and for the subject that the page was shown to.
        if (isPost && !await forms.IsGenuineAsync(http, sent, subject))
            return ErrorPage.Refuse(OAuthError.DecisionNotGenuine, tryAgain: here);
        var decision = isPost ? sent["decision"] : null;
        if (decision == AuthorizationContext.SwitchAccount && await consents.SignOutSchemeAsync(http, session) is { } scheme)
            return replies.SwitchAccount(HostSignIn.Properties(here, new(FreshSignIn.SelectAccount, null, [])), scheme);

        if (
            (await endpoint.FindAsync(code, subject, OAuthHttp.RemoteAddress(http), http.RequestAborted)).Failed(
                out var error,
                out var device
            )
        )
            return IsAboutCode(error) ? DevicePages.Enter(session.Principal, error) : ErrorPage.Refuse(error, tryAgain: here);
        switch (decision)
        {
            case "approve":
                var approval = new Approval
                {
                    Subject = subject,
                    User = session.Principal,
                    Organization = sent[ConsentForms.OrganizationField],
                    Granted = sent.Names.Contains("scope") ? ScopeSet.Of(sent.All("scope").Where(ScopeSet.IsToken)) : null,
                    Asked = true,
                    FormCode = null,
                    SignedInAt = HostUser.SignedInAt(session),
                };
                return Answered(device, await endpoint.ApproveAsync(device, approval, http.RequestAborted), here);
            case "deny":
                return Answered(device, await endpoint.RefuseAsync(device, subject) ?? OAuthError.AccessDenied, here);
            default:
                return device.IsAnswered
                    ? DevicePages.Enter(session.Principal, OAuthError.UserCodeUnknown.Because("the request is answered"))
                    : await AskAsync(http, device, session, subject);
        }
    }

    private async ValueTask<Reply> AskAsync(HttpContext http, DeviceRequest device, AuthenticationTicket session, string subject)
    {
        var consent = await endpoint.DescribeAsync(device, subject, http.RequestAborted);
        var form = new ConsentForm
        {
            Consent = consent,
            User = session.Principal,
            Action = settings.Issuer.DevicePath,
            ReturnPath = settings.Issuer.DevicePath,
            FormFields = ConsentForms.WithOrganization(
                [new(DevicePages.CodeField, device.Code.Shown), .. forms.Proof(http, subject)],
                consent
            ),
            CanSwitchAccount = await consents.SignOutSchemeAsync(http, session) is not null,
        };
        return Reply.Of(there =>
        {
            PageHeaders.Set(there);
            return ConsentPage.Render(there, form).ExecuteAsync(there);
        });
    }

    // Only who answered sees what became of it: an address that says it would let a link claim it. The form may be posted again.
    private static Reply Answered(DeviceRequest device, OAuthError? refused, string here) =>
        refused is null ? DevicePages.Allowed(device.Request.Client)
        : refused.Id == OAuthError.AccessDenied.Id ? DevicePages.Denied(device.Request.Client)
        : ErrorPage.Refuse(refused, tryAgain: refused.Id == OAuthError.AlreadyAnswered.Id ? null : here);

    private static bool IsAboutCode(OAuthError error) =>
        error.Id == OAuthError.UserCodeUnknown.Id || error.Id == OAuthError.TooManyUserCodes.Id;
}

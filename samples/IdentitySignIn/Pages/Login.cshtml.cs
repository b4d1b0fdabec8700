using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SignInResult = Microsoft.AspNetCore.Identity.SignInResult;

namespace IdentitySignIn.Pages;

/// <summary>
/// Sign-in by password or passkey. The form is shown to a signed-in user as well: the authorization server sends the user here again for
/// <c>prompt=login</c>, for <c>max_age</c>, and for another account.
/// </summary>
internal sealed class LoginModel(SignInManager<AppUser> signIn) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty, Required, EmailAddress]
    public string Email { get; set; } = "";

    [BindProperty, Required]
    public string Password { get; set; } = "";

    public async Task<IActionResult> OnPostPasswordAsync() =>
        ModelState.IsValid ? After(await signIn.PasswordSignInAsync(Email, Password, isPersistent: false, lockoutOnFailure: true)) : Page();

    /// <summary>What the browser needs to ask for a passkey, as JSON. Identity keeps its part in a cookie.</summary>
    public async Task<IActionResult> OnPostPasskeyOptionsAsync() =>
        Content(await signIn.MakePasskeyRequestOptionsAsync(user: null), "application/json");

    public async Task<IActionResult> OnPostPasskeyAsync(string? credential)
    {
        ModelState.Clear();
        try
        {
            return After(credential is null ? SignInResult.Failed : await signIn.PasskeySignInAsync(credential));
        }
        catch (InvalidOperationException)
        {
            // The cookie of the options lasts five minutes.
            return After(SignInResult.Failed);
        }
    }

    private IActionResult After(SignInResult result)
    {
        // A path of this host only. Anybody can write another address into a link to this page.
        if (result.Succeeded)
            return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : "~/");
        ModelState.AddModelError("", result.IsLockedOut ? "Too many attempts. Try again later." : "This did not work.");
        return Page();
    }
}

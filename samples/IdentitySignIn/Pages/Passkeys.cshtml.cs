using System.Buffers.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentitySignIn.Pages;

/// <summary>The passkeys of the signed-in user: list, add, remove.</summary>
[Authorize]
internal sealed class PasskeysModel(UserManager<AppUser> users, SignInManager<AppUser> signIn) : PageModel
{
    private AppUser user = null!;

    public IList<UserPasskeyInfo> Passkeys { get; private set; } = [];

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await users.GetUserAsync(User) is not { } known)
        {
            context.Result = Challenge();
            return;
        }

        user = known;
        Passkeys = await users.GetPasskeysAsync(user);
        await next();
    }

    /// <summary>What the browser needs to make a passkey, as JSON. Identity keeps its part in a cookie.</summary>
    public async Task<IActionResult> OnPostOptionsAsync() =>
        Content(
            await signIn.MakePasskeyCreationOptionsAsync(
                new()
                {
                    Id = user.Id,
                    Name = user.UserName!,
                    DisplayName = user.UserName!,
                }
            ),
            "application/json"
        );

    public async Task<IActionResult> OnPostAddAsync(string? credential)
    {
        try
        {
            var made = credential is null ? null : await signIn.PerformPasskeyAttestationAsync(credential);
            if (made is { Succeeded: true } && (await users.AddOrUpdatePasskeyAsync(user, made.Passkey)).Succeeded)
                return RedirectToPage();
            ModelState.AddModelError("", made?.Failure?.Message ?? "The browser made no passkey.");
        }
        catch (InvalidOperationException)
        {
            ModelState.AddModelError("", "This took too long. Try again.");
        }

        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync(string id)
    {
        if (Base64Url.IsValid(id))
            await users.RemovePasskeyAsync(user, Base64Url.DecodeFromChars(id));
        return RedirectToPage();
    }
}

using HQ.OAuth2;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace OwnPages;

/// <summary>The consent page as a Razor page: what to show comes from the server, and the form posts back to it.</summary>
internal sealed class ConsentPageModel(ConsentRequests requests) : PageModel
{
    public ConsentForm Asked { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? returnUrl)
    {
        if (await requests.FindAsync(HttpContext, returnUrl) is not { } asked)
            return BadRequest();
        // A session that ended in between: the server sends the user to sign in, and back here.
        if (asked.User is null)
            return LocalRedirect(asked.ReturnPath);
        Asked = asked;
        return Page();
    }
}

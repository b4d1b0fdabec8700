namespace HQ.OAuth2.Browser.Tests;

/// <summary>samples/IdentitySignIn with passkeys, which an authenticator of the browser keeps.</summary>
internal sealed class PasskeyTests
{
    private const string Callback = "http://localhost:5083/callback";
    private const string Email = "alice@example.com";
    private const string Password = "Correct-horse-7";

    private readonly string folder = Directory.CreateTempSubdirectory("hq-passkeys-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task A_passkey_is_added_and_signs_the_user_in_for_consent()
    {
        await using var sample = await StartAsync();
        await using var user = await User.NewAsync(url: sample.Url);
        await AddAuthenticatorAsync(user);
        await RegisterAsync(user);
        await user.Button("Add a passkey").ClickAsync();
        await Assertions.Expect(user.Page.GetByText("Added on")).ToBeVisibleAsync();
        await user.ShouldBeAccessibleAsync("passkeys");
        await user.GoAsync("/");
        await user.Button("Sign out").ClickAsync();
        await Assertions.Expect(user.Page.GetByText("You are not signed in.")).ToBeVisibleAsync();

        // Twice: the second request wants a new sign-in.
        foreach (var more in new[] { "", "&prompt=login" })
        {
            var back = await user.CatchAsync(Callback);
            await user.GoAsync(User.Request("demo", Callback, "read") + more);
            await user.ShouldBeAccessibleAsync("sign-in");
            await user.Button("Sign in with a passkey").ClickAsync();
            await Assertions.Expect(user.Page.GetByText($"Signed in as {Email}")).ToBeVisibleAsync();
            await user.Allow.ClickAsync();
            await user.RedeemAsync("demo", Callback, await back);
        }
    }

    [Test]
    public async Task A_removed_passkey_signs_nobody_in_and_the_password_still_does()
    {
        await using var sample = await StartAsync();
        await using var user = await User.NewAsync(url: sample.Url);
        await AddAuthenticatorAsync(user);
        await RegisterAsync(user);
        await user.Button("Add a passkey").ClickAsync();
        await user.Button("Remove").ClickAsync();
        await Assertions.Expect(user.Page.GetByText("Added on")).ToHaveCountAsync(0);

        await user.GoAsync(User.Request("demo", Callback, "read") + "&prompt=login");
        await user.Button("Sign in with a passkey").ClickAsync();
        await Assertions.Expect(user.Page.GetByText("This did not work.")).ToBeVisibleAsync();
        await user.Page.GetByLabel("Email").FillAsync(Email);
        await user.Page.GetByLabel("Password").FillAsync(Password);
        await user.Button("Sign in").ClickAsync();
        await Assertions.Expect(user.Allow).ToBeVisibleAsync();
    }

    private Task<Sample> StartAsync() =>
        Sample.StartAsync("IdentitySignIn", ["--ConnectionStrings:app", $"Data Source={Path.Combine(folder, "app.db")};Pooling=false"]);

    private static async Task RegisterAsync(User user)
    {
        await user.GoAsync("/register");
        await user.ShouldBeAccessibleAsync("registration");
        await user.Page.GetByLabel("Email").FillAsync(Email);
        await user.Page.GetByLabel("Password").FillAsync(Password);
        await user.Button("Register").ClickAsync();
        await Assertions.Expect(user.Button("Add a passkey")).ToBeVisibleAsync();
    }

    /// <summary>An authenticator as a laptop has one, whose owner touches it at once.</summary>
    private static async Task AddAuthenticatorAsync(User user)
    {
        var cdp = await user.Page.Context.NewCDPSessionAsync(user.Page);
        await cdp.SendAsync("WebAuthn.enable");
        await cdp.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
    }
}

using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The floors of the adapter (docs/architecture.md): a folder uses what stands below it, never what stands above.</summary>
public sealed class FloorTests
{
    // From the ground up. The root has what a host calls.
    private static readonly string[] floors =
    [
        "Http",
        "Pages",
        "SignIn",
        "Authorize",
        "Devices",
        "ConnectedApps",
        "PersonalTokens",
        "Management",
        "Bearer",
        "Doctor",
        "Endpoints",
        "Hosting",
        ".",
    ];

    [Test]
    public void Each_folder_is_a_floor() => new Floors("HQ.OAuth2.AspNetCore").Folders.Should().BeEquivalentTo(floors);

    [Test]
    public void No_floor_uses_a_higher_one() =>
        new Floors("HQ.OAuth2.AspNetCore")
            .Uses.Where(u => Array.IndexOf(floors, u.From) < Array.IndexOf(floors, u.To))
            .Select(u => $"{u.From} uses {u.To}: {u.Because}")
            .Should()
            .BeEmpty();
}

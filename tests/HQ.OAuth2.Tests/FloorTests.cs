namespace HQ.OAuth2.Tests;

/// <summary>The floors of the core (docs/architecture.md): a folder uses what stands below it, never what stands above.</summary>
public sealed class FloorTests
{
    // From the ground up.
    private static readonly string[] floors =
    [
        "Common",
        "Protocol",
        "Keys",
        "Observability",
        "Settings",
        "Resources",
        "Limits",
        "Tickets",
        "Clients",
        "Clients/Metadata",
        "Clients/Authentication",
        "Clients/Documents",
        "Clients/Assertions",
        "Clients/Lookup",
        "Authorizations",
        "Consent",
        "Devices",
        "Registration",
        "Tokens",
        "Dpop",
        "Grants",
        "Endpoints",
        "Server/Options",
        "Server",
    ];

    [Test]
    public void Each_folder_is_a_floor() => new Floors("HQ.OAuth2").Folders.Should().BeEquivalentTo(floors);

    [Test]
    public void No_floor_uses_a_higher_one() =>
        new Floors("HQ.OAuth2")
            .Uses.Where(u => Array.IndexOf(floors, u.From) < Array.IndexOf(floors, u.To))
            .Select(u => $"{u.From} uses {u.To}: {u.Because}")
            .Should()
            .BeEmpty();
}

using System.Collections.Immutable;

namespace HQ.OAuth2.Model.Tests;

/// <summary>A client, as the model knows it.</summary>
/// <param name="Kind">How it was registered.</param>
/// <param name="Secrets">The names of its secrets, each with its end; the newest first.</param>
internal sealed record ClientState(ClientKind Kind, ImmutableList<(string Name, long? Until)> Secrets)
{
    public bool IsDisabled { get; init; }

    public bool IsPublic => Kind != ClientKind.Confidential;
}

/// <summary>What a user allowed a client once.</summary>
internal sealed record Grant
{
    /// <summary>The client; null = it is a personal access token.</summary>
    public required int? Client { get; init; }

    public required int User { get; init; }

    public required Scopes Scope { get; init; }

    /// <summary>The resources that its tokens may be for.</summary>
    public required Resources Resources { get; init; }

    /// <summary>The organization that it is for, or none.</summary>
    public required Orgs For { get; init; }

    public required long CodeUntil { get; init; }

    public bool IsRedeemed { get; init; }

    public long? ConsentUntil { get; init; }

    public bool IsPaused { get; init; }

    public long? EndsAt { get; init; }

    /// <summary>When the last access token that it wrote of ends.</summary>
    public long AccessUntil { get; init; }

    public Chain? Chain { get; init; }

    public bool HasEnded(long now) => EndsAt <= now;

    public bool IsUsable(long now) => !IsPaused && !HasEnded(now);
}

/// <summary>The refresh tokens of a grant: turn after turn, of which the last is live.</summary>
/// <param name="Turn">The live turn.</param>
/// <param name="Until">The end of the chain.</param>
/// <param name="IdleUntil">Its end if it is not used.</param>
/// <param name="Spent">When each turn that is within the leeway was spent, the oldest first.</param>
internal sealed record Chain(int Turn, long Until, long IdleUntil, ImmutableList<(int Turn, long At)> Spent)
{
    public long EndsAt => Math.Min(Until, IdleUntil);
}

/// <summary>An access token that is out, or a personal one.</summary>
/// <param name="Grant">Its grant; null = its client got it for itself.</param>
/// <param name="Client">Its client; null = a personal one.</param>
/// <param name="Scope">Its scope when it was issued.</param>
/// <param name="Audience">The resources that it was issued for.</param>
/// <param name="Until">Its end.</param>
internal sealed record AccessState(int? Grant, int? Client, Scopes Scope, Resources Audience, long Until)
{
    public bool IsRevoked { get; init; }
}

/// <summary>A device that asked for a code.</summary>
/// <param name="Client">Its client.</param>
/// <param name="Scope">What it asked for.</param>
/// <param name="Resources">The resources that it asked for.</param>
/// <param name="Until">The end of its code.</param>
internal sealed record DeviceState(int Client, Scopes Scope, Resources Resources, long Until)
{
    /// <summary>The answer of the user: null = none yet.</summary>
    public bool? IsApproved { get; init; }
}

/// <summary>How fast a device polls a node.</summary>
/// <param name="Last">Its last poll.</param>
/// <param name="Interval">The seconds that it has to wait.</param>
/// <param name="Until">When the node forgets it.</param>
internal sealed record Pace(long Last, int Interval, long Until);

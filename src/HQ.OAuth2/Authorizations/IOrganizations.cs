namespace HQ.OAuth2;

/// <summary>
/// The organizations of the host's users. With it, each authorization is for one organization: the only one of the user, or the one that the
/// user chose on the consent page. An authorization ends when its user has left the organization. Without it, authorizations have none.
/// </summary>
public interface IOrganizations
{
    /// <summary>
    /// The organizations in which a user may act now; none = authorizations of this user are for no organization. Throw when they cannot be
    /// read: the caller is told to try again (503).
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="ct">Cancels.</param>
    ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct);
}

/// <summary>An organization of the host.</summary>
/// <param name="id">Identifies it for good, in tokens and stores: at most 200 characters, without control characters.</param>
/// <param name="name">What users call it.</param>
public sealed class Organization(string id, string name)
{
    private const int MaxIdLength = 200;

    /// <summary>Identifies it for good, in tokens and stores.</summary>
    public string Id { get; } =
        id is { Length: > 0 and <= MaxIdLength } && !id.Any(char.IsControl)
            ? id
            : throw new ArgumentException(
                $"The id of an organization has 1 to {MaxIdLength} characters, none of them a control character."
            );

    /// <summary>What users call it.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));
}

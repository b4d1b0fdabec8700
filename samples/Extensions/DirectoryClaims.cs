using HQ.OAuth2;

namespace Extensions;

/// <summary>Puts a user's groups into access tokens, from the directory of the company.</summary>
internal sealed class DirectoryClaims(StaffDirectory directory) : ITokenClaims
{
    public async ValueTask AddAsync(TokenClaims claims, CancellationToken ct)
    {
        // A token without a user has the client's own id as its subject.
        if (claims.Subject == claims.Client.ClientId)
            return;
        if (await directory.FindAsync(claims.Subject, ct) is not { } person)
            return;
        // RFC 9068 §2.2.3.1.
        claims.Add("groups", person.Groups);
        claims.Add("department", person.Department);
    }
}

/// <summary>Stands for LDAP or a table of people.</summary>
internal sealed class StaffDirectory
{
    private readonly Dictionary<string, Person> people = new(StringComparer.Ordinal)
    {
        ["alice"] = new("Gardens", ["gardeners", "editors"]),
    };

    public ValueTask<Person?> FindAsync(string subject, CancellationToken ct) => new(people.GetValueOrDefault(subject));
}

/// <summary>What the directory knows of somebody.</summary>
internal sealed record Person(string Department, string[] Groups);

namespace HQ.OAuth2;

/// <summary>The grants that this server has.</summary>
internal sealed class GrantTypes(IEnumerable<IGrantType> grants, ServerSettings settings)
{
    /// <summary>The names of the grants.</summary>
    public IEnumerable<string> Names => grants.Where(IsOn).Select(g => g.GrantType);

    /// <summary>The grant of a name; null when there is none.</summary>
    public IGrantType? Find(string name)
    {
        // Each token request asks: a loop allocates no delegate.
        foreach (var grant in grants)
        {
            if (grant.GrantType == name && IsOn(grant))
                return grant;
        }

        return null;
    }

    // Ours is off by default; a host may have one of its own.
    private bool IsOn(IGrantType grant) => grant is not DeviceCodeGrant || settings.Options.DeviceAuthorization;
}

namespace HQ.OAuth2;

/// <summary>A set of demands beyond OAuth 2.1.</summary>
public enum SecurityProfile
{
    /// <summary>None.</summary>
    None,

    /// <summary>The FAPI 2.0 Security Profile: requests are pushed, clients prove themselves by keys, and tokens are bound to keys (DPoP).</summary>
    Fapi2,
}

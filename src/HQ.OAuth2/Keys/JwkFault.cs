namespace HQ.OAuth2;

/// <summary>Why a JWK is not accepted.</summary>
internal enum JwkFaultKind
{
    /// <summary>It is no JWK, or its members are wrong.</summary>
    Malformed,

    /// <summary>It has a member of a private or symmetric key.</summary>
    Secret,

    /// <summary>It is a key for something else, or of a kind that is not supported. A reader of a set ignores it (RFC 7517 §5).</summary>
    NotForSignatures,

    /// <summary>It is too short or too long.</summary>
    Size,
}

/// <summary>Why a JWK is not accepted, in words that follow "has in its key …". No part of the key is repeated.</summary>
internal readonly record struct JwkFault(JwkFaultKind Kind, string Text);

using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>
/// The result of a step of the protocol: a value, or the error that the standard names for it. It is always exactly one of them.
/// </summary>
/// <typeparam name="T">The value of success.</typeparam>
public readonly struct Outcome<T>
    where T : notnull
{
    private readonly T? value;

    private Outcome(T? value, OAuthError? error) => (this.value, Error) = (value, error);

    /// <summary>The refusal; null when the step succeeded.</summary>
    public OAuthError? Error { get; }

    /// <summary>The value of success.</summary>
    /// <exception cref="InvalidOperationException">The step was refused: look at <see cref="Error"/> first.</exception>
    public T Value => value is { } v && Error is null ? v : throw new InvalidOperationException($"Refused: {Error}");

    /// <summary>True with the error when the step was refused; false with the value when it succeeded.</summary>
    public bool Failed([NotNullWhen(true)] out OAuthError? error, [MaybeNullWhen(true)] out T result)
    {
        error = Error;
        result = value;
        return error is not null;
    }

    /// <summary>Success.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Refusal.</summary>
    public static implicit operator Outcome<T>(OAuthError error) => new(default, error);
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>How an endpoint writes an error: as OAuth JSON, as a problem, or on a page. The mapping of the endpoint chooses it.</summary>
internal delegate Task ErrorWriter(HttpContext http, OAuthError error);

/// <summary>The answer of an endpoint: a value that <see cref="Edge"/> logs, measures and writes.</summary>
internal sealed record Reply : IResult
{
    private readonly Func<HttpContext, Task<OAuthError?>>? write;

    private Reply(OAuthError? error, Func<HttpContext, Task<OAuthError?>>? write) => (Error, this.write) = (error, write);

    /// <summary>The refusal; null when the endpoint succeeded.</summary>
    public OAuthError? Error { get; }

    /// <summary>The client id that the request claims, for the log; null = none.</summary>
    public string? ClientId { get; init; }

    /// <summary>Whether the log leaves a refusal out: one that anyone can cause and that gives no information.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The failure of this server that was answered, for the log; null = none.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The answer when writing this one fails before the first byte; null = the endpoint's way to write an error.</summary>
    public Func<OAuthError, Reply>? Otherwise { get; init; }

    /// <summary>A refusal, written in the endpoint's way.</summary>
    public static Reply Refuse(OAuthError error) => new(error, null);

    /// <summary>An answer, or a refusal, that is written in a way of its own.</summary>
    public static Reply Of(Func<HttpContext, Task> writeAsync, OAuthError? error = null) =>
        new(
            error,
            async http =>
            {
                await writeAsync(http);
                return null;
            }
        );

    /// <summary>An answer that may become a refusal while it is written, as long as no byte was sent.</summary>
    public static Reply Of(Func<HttpContext, Task<OAuthError?>> writeAsync) => new(null, writeAsync);

    /// <summary>The value of a step as JSON that must not be cached, or its refusal.</summary>
    public static Reply Of<T>(Outcome<T> outcome, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
        where T : notnull => outcome.Failed(out var error, out var value) ? Refuse(error) : Json(value, type, status);

    /// <summary>JSON that must not be cached.</summary>
    public static Reply Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        return Of(http => OAuthHttp.WriteJsonAsync(http, status, json));
    }

    /// <summary>JSON that any cache may keep for a while: the discovery documents.</summary>
    public static Reply Document(ReadOnlyMemory<byte> json) => Of(http => OAuthHttp.WriteDocumentAsync(http, json));

    /// <summary>Success without a body (204).</summary>
    public static Reply Nothing() =>
        Of(http =>
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });

    /// <summary>Writes it.</summary>
    /// <returns>The refusal that occurred while writing, which is still to be written; null when all is written.</returns>
    public async Task<OAuthError?> WriteAsync(HttpContext http, ErrorWriter fail)
    {
        if (write is not null)
            return await write(http);
        await fail(http, Error!);
        return null;
    }

    /// <summary>For a host's filter that runs it outside the edge.</summary>
    Task IResult.ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, OAuthHttp.WriteErrorAsync);

    public static implicit operator Reply(OAuthError error) => Refuse(error);
}

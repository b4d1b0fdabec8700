using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>How an endpoint says an error: as OAuth JSON, as a problem, or on a page. It is said where the endpoint is mapped.</summary>
internal delegate Task ErrorWriter(HttpContext http, OAuthError error);

/// <summary>What an endpoint answers: a value that <see cref="Edge"/> logs, measures and writes.</summary>
internal sealed record Reply : IResult
{
    private readonly Func<HttpContext, Task<OAuthError?>>? write;

    private Reply(OAuthError? error, Func<HttpContext, Task<OAuthError?>>? write) => (Error, this.write) = (error, write);

    /// <summary>The refusal; null when the endpoint succeeded.</summary>
    public OAuthError? Error { get; }

    /// <summary>The client that the log names, by what the caller says; null = none.</summary>
    public string? ClientId { get; init; }

    /// <summary>Whether the log leaves a refusal out: one that anybody can cause and that tells nothing.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The failure of ours that was answered, for the log; null = none.</summary>
    public Exception? Failure { get; init; }

    /// <summary>What is answered when writing this fails before the first byte; null = the endpoint's way of saying an error.</summary>
    public Func<OAuthError, Reply>? Otherwise { get; init; }

    /// <summary>A refusal, written as the endpoint says errors.</summary>
    public static Reply Refuse(OAuthError error) => new(error, null);

    /// <summary>An answer, or a refusal, that has a way of its own to be written.</summary>
    public static Reply Of(Func<HttpContext, Task> writeAsync, OAuthError? error = null) =>
        new(
            error,
            async http =>
            {
                await writeAsync(http);
                return null;
            }
        );

    /// <summary>An answer that may turn out to be a refusal while it is written, as long as no byte has left.</summary>
    public static Reply Of(Func<HttpContext, Task<OAuthError?>> writeAsync) => new(null, writeAsync);

    /// <summary>The value of a step as JSON that nobody may keep, or its refusal.</summary>
    public static Reply Of<T>(Outcome<T> outcome, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
        where T : notnull => outcome.Failed(out var error, out var value) ? Refuse(error) : Json(value, type, status);

    /// <summary>JSON that nobody may keep.</summary>
    public static Reply Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        return Of(http => OAuthHttp.WriteJsonAsync(http, status, json));
    }

    /// <summary>JSON that anybody may keep for a while: the documents of discovery.</summary>
    public static Reply Document(ReadOnlyMemory<byte> json) => Of(http => OAuthHttp.WriteDocumentAsync(http, json));

    /// <summary>Done, and nothing to say (204).</summary>
    public static Reply Nothing() =>
        Of(http =>
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });

    /// <summary>Writes it.</summary>
    /// <returns>The refusal that writing turned out to be, which is still to be written; null when all is written.</returns>
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

using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>A refusal of the user's and the administrator's API (RFC 9457).</summary>
internal sealed record Problem
{
    private Problem() { }

    /// <summary>Where the refusal is explained; about:blank when the host names no place.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>What happened, the same for every case of it.</summary>
    [JsonPropertyName("title")]
    public required string Title { get; init; }

    [JsonPropertyName("status")]
    public required int Status { get; init; }

    /// <summary>What happened here; null when the title says it all.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>The id of the refusal in docs/errors.md.</summary>
    [JsonPropertyName("error_id")]
    public required string ErrorId { get; init; }

    /// <summary>Which fields have a value that cannot be; null when it is not about fields.</summary>
    [JsonPropertyName("invalid_fields")]
    public IReadOnlyList<InvalidField>? InvalidFields { get; init; }

    public static Problem Of(OAuthError error, ErrorDetail detail, params IReadOnlyList<InvalidField> invalidFields) =>
        new()
        {
            Type = error.Explanation(detail) ?? "about:blank",
            // Fields differ from case to case, a title does not.
            Title = invalidFields.Count > 0 ? OAuthError.InvalidField.Description : error.Description,
            Status = error.Status,
            Detail = invalidFields.Count == 0 ? error.Reason : string.Join("; ", invalidFields.Select(f => $"{f.Name}: {f.Reason}")),
            ErrorId = error.Id,
            InvalidFields = invalidFields.Count == 0 ? null : invalidFields,
        };

    /// <summary>A refusal that names fields, as a problem.</summary>
    public static Reply Refuse(HttpContext http, OAuthError error, params IReadOnlyList<InvalidField> invalidFields)
    {
        var problem = Of(error, OAuthHttp.Settings(http).ErrorDetail, invalidFields);
        return Reply.Of(_ => WriteAsync(http, problem), problem.Detail is { } said ? error.Because(said) : error);
    }

    /// <summary>How the user's and the administrator's API say an error.</summary>
    public static Task WriteAsync(HttpContext http, OAuthError error) => WriteAsync(http, Of(error, OAuthHttp.Settings(http).ErrorDetail));

    private static Task WriteAsync(HttpContext http, Problem problem) =>
        OAuthHttp.WriteJsonAsync(
            http,
            problem.Status,
            JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Default.Problem),
            "application/problem+json"
        );
}

/// <summary>A field whose value cannot be.</summary>
/// <param name="Name">Its name in the body or the query.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record InvalidField(string Name, string Reason);

/// <summary>A problem in JSON.</summary>
[JsonSerializable(typeof(Problem))]
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
internal sealed partial class ProblemJson : JsonSerializerContext;

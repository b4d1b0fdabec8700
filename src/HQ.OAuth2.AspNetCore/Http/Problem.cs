using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>A refusal of the API for users and the API for administrators (RFC 9457).</summary>
internal sealed record Problem
{
    private Problem() { }

    /// <summary>The address at which the refusal is explained; about:blank when the host names none.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The kind of problem, the same text for every case of it.</summary>
    [JsonPropertyName("title")]
    public required string Title { get; init; }

    [JsonPropertyName("status")]
    public required int Status { get; init; }

    /// <summary>The details of this case; null when the title is enough.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>The id of the refusal: docs/errors has a page for each.</summary>
    [JsonPropertyName("error_id")]
    public required string ErrorId { get; init; }

    /// <summary>The fields that have an invalid value; null when the problem is not about fields.</summary>
    [JsonPropertyName("invalid_fields")]
    public IReadOnlyList<InvalidField>? InvalidFields { get; init; }

    public static Problem Of(OAuthError error, ErrorDetail detail, params IReadOnlyList<InvalidField> invalidFields) =>
        new()
        {
            Type = error.Explanation(detail) ?? "about:blank",
            // The fields differ from case to case; a title does not.
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

    /// <summary>How the API for users and the API for administrators write an error.</summary>
    public static Task WriteAsync(HttpContext http, OAuthError error) => WriteAsync(http, Of(error, OAuthHttp.Settings(http).ErrorDetail));

    private static Task WriteAsync(HttpContext http, Problem problem)
    {
        OAuthHttp.SayWhenToRetry(http, problem.Status);
        return OAuthHttp.WriteJsonAsync(
            http,
            problem.Status,
            JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Default.Problem),
            "application/problem+json"
        );
    }
}

/// <summary>A field with an invalid value.</summary>
/// <param name="Name">Its name in the body or the query.</param>
/// <param name="Reason">The error of the value.</param>
internal sealed record InvalidField(string Name, string Reason);

/// <summary>A problem in JSON.</summary>
[JsonSerializable(typeof(Problem))]
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
internal sealed partial class ProblemJson : JsonSerializerContext;

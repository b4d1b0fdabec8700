using System.Reflection;

namespace HQ.OAuth2;

/// <summary>Every error of the server, one an id.</summary>
internal static class ErrorCatalogue
{
    private const BindingFlags Static = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;

    /// <param name="argument">The text that errors with a parameter are made with.</param>
    public static IReadOnlyList<OAuthError> All(string argument) =>
        [
            .. typeof(OAuthError)
                .GetProperties(Static)
                .Where(p => p.PropertyType == typeof(OAuthError))
                .Select(p => (OAuthError)p.GetValue(null)!),
            .. typeof(OAuthError)
                .GetMethods(Static)
                .Where(m => m.ReturnType == typeof(OAuthError) && !m.IsSpecialName)
                .Where(m => m.Name is not (nameof(OAuthError.From) or nameof(OAuthError.TargetIsNamed)))
                .Select(m => (OAuthError)m.Invoke(null, [.. m.GetParameters().Select(_ => (object)argument)])!),
        ];
}

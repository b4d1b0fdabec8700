using System.Collections;
using System.Reflection;

namespace HQ.OAuth2.Soak;

/// <summary>How many entries a collection has, and how many it may have; null = it has no bound of its own.</summary>
internal sealed record Held(int Count, int? Limit);

/// <summary>
/// Finds each collection that the server holds, by walking from its singletons and its static fields through the fields of its own types. So a
/// cache that is added later is measured too.
/// </summary>
internal static class HeldObjects
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Elements of a larger collection are data, not parts.
    private const int MostParts = 64;

    /// <summary>The singletons that the server registered.</summary>
    public static IEnumerable<object> Roots(IServiceProvider services, IEnumerable<ServiceDescriptor> descriptors) =>
        descriptors
            .Where(d => d.Lifetime == ServiceLifetime.Singleton && !d.ServiceType.ContainsGenericParameters && !d.IsKeyedService)
            .Select(d => d.ServiceType)
            .Distinct()
            .SelectMany(t => services.GetServices(t))
            .OfType<object>()
            .Where(s => IsOurs(s.GetType()) || s.GetType().GenericTypeArguments.Any(IsOurs));

    public static IReadOnlyDictionary<string, Held> Count(IEnumerable<object> roots)
    {
        var walk = new Walk();
        foreach (var root in roots)
            walk.Enter(root, Name(root.GetType()));
        foreach (var type in AppDomain.CurrentDomain.GetAssemblies().Where(IsServer).SelectMany(a => a.GetTypes()))
        {
            if (!type.ContainsGenericParameters)
                walk.EnterFields(null, type, BindingFlags.Static, Name(type));
        }

        return walk.Run();
    }

    private static bool IsServer(Assembly assembly) =>
        assembly.GetName().Name is "HQ.OAuth2" or "HQ.OAuth2.AspNetCore" or "HQ.OAuth2.EntityFrameworkCore";

    private static bool IsOurs(Type type) => IsServer(type.Assembly) || type.Assembly == typeof(HeldObjects).Assembly;

    private static string Name(Type type) => type.Name.Split('`')[0];

    private sealed class Walk
    {
        private readonly HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        private readonly Stack<(object Part, string Path)> open = new();
        private readonly SortedDictionary<string, Held> found = new(StringComparer.Ordinal);

        public SortedDictionary<string, Held> Run()
        {
            while (open.TryPop(out var next))
                Visit(next.Part, next.Path);
            return found;
        }

        public void Enter(object? part, string path)
        {
            if (part is null or string or Type or Pointer || part.GetType() is { IsPrimitive: true } or { IsEnum: true })
                return;
            if (part.GetType().IsValueType || seen.Add(part))
                open.Push((part, path));
        }

        public void EnterFields(object? owner, Type type, BindingFlags which, string path)
        {
            foreach (var field in type.GetFields(Own | which))
            {
                if (!field.IsLiteral && !field.FieldType.IsPointer && !field.FieldType.IsByRefLike)
                    Enter(field.GetValue(owner), $"{path}.{Plain(field.Name)}");
            }
        }

        private void Visit(object part, string path)
        {
            var type = part.GetType();
            if (part is Delegate call)
            {
                foreach (var target in call.GetInvocationList().Select(c => c.Target).Where(t => t is not null && IsOurs(t.GetType())))
                    Enter(target, path);
            }
            else if (type.IsGenericType && type.GetGenericTypeDefinition().Name == "BoundedCache`1")
            {
                Add(path, Entries(Field(type, "byKey").GetValue(part)!), (int)Field(type, "<limit>P").GetValue(part)!);
            }
            else if (part is not Array && Size(part) is { } size)
            {
                Add(path, size, null);
                EnterElements(part, size, path);
            }
            else if (part is Array { Length: <= MostParts } array && IsOurs(type.GetElementType()!))
            {
                EnterElements(array, array.Length, path);
            }
            else if (IsOurs(type))
            {
                // A part that several owners have is named by its type, so that its name is the same each time.
                var name = Name(type) == "MinuteLimit" || type.Name.Contains('<', StringComparison.Ordinal) ? path : Name(type);
                for (var level = type; level is not null && IsOurs(level); level = level.BaseType)
                    EnterFields(part, level, BindingFlags.Instance, name);
            }
            else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lazy<>) && IsMade(part))
            {
                Enter(type.GetProperty("Value")!.GetValue(part), path);
            }
            else if (
                type.GenericTypeArguments.Any(IsOurs)
                && type.GetProperty("Value") is { } value
                && type.Name.Contains("Options", StringComparison.Ordinal)
            )
            {
                Enter(value.GetValue(part), path);
            }
        }

        private void EnterElements(object collection, int size, string path)
        {
            if (size > MostParts || collection is not IEnumerable elements)
                return;
            try
            {
                foreach (var element in elements)
                {
                    var value =
                        element?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                            ? type.GetProperty("Value")!.GetValue(element)
                            : element;
                    if (value is not null && IsOurs(value.GetType()) && !IsData(value.GetType()))
                        Enter(value, path);
                }
            }
            catch (InvalidOperationException)
            {
                // It changed meanwhile.
            }
        }

        private void Add(string path, int count, int? limit)
        {
            var (name, number) = (path, 1);
            while (found.ContainsKey(name))
                name = $"{path}#{++number}";
            found[name] = new(count, limit);
        }

        private static int Entries(object collection) => ((ICollection)collection).Count;

        private static int? Size(object part) =>
            part is ICollection collection ? collection.Count
            : part is IEnumerable && part.GetType().GetProperty("Count", typeof(int)) is { } count ? (int)count.GetValue(part)!
            : null;

        // A record is data: its lists are those of one client, row or token.
        private static bool IsData(Type type) => type.GetMethod("<Clone>$") is not null;

        private static bool IsMade(object lazy) => (bool)lazy.GetType().GetProperty("IsValueCreated")!.GetValue(lazy)!;

        private static FieldInfo Field(Type type, string name) =>
            type.GetField(name, Own | BindingFlags.Instance) ?? throw new InvalidOperationException($"{type} has no field {name}.");

        // The field of an automatic property, or of a parameter of a primary constructor.
        private static string Plain(string field) => field.StartsWith('<') ? field[1..field.IndexOf('>', StringComparison.Ordinal)] : field;
    }
}

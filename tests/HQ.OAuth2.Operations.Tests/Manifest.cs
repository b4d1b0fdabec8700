using HQ.OAuth2.Tests;
using k8s;
using k8s.Models;

namespace HQ.OAuth2.Operations.Tests;

/// <summary>deploy/kubernetes.yaml, each document read strictly into its type: a member that the type does not have is an error.</summary>
internal sealed class Manifest
{
    private readonly List<object> documents;

    private Manifest(string text) => documents = Read(text);

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "deploy", "kubernetes.yaml");

    public static Manifest Deployed { get; } = new(File.ReadAllText(Path));

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects => [.. documents.Cast<IKubernetesObject<V1ObjectMeta>>()];

    public V1Deployment Deployment => The<V1Deployment>();

    public V1PodSpec Pod => Deployment.Spec.Template.Spec;

    public V1Container Container => Pod.Containers.Single();

    /// <summary>What the container gets from the config maps and secrets that it names.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        Container
            .EnvFrom.SelectMany(from =>
                from.ConfigMapRef is { } map
                    ? All<V1ConfigMap>().Single(m => m.Metadata.Name == map.Name).Data
                    : All<V1Secret>().Single(s => s.Metadata.Name == from.SecretRef.Name).StringData
            )
            .ToDictionary(StringComparer.Ordinal);

    /// <summary>The same as configuration has it.</summary>
    public IReadOnlyDictionary<string, string> Configuration =>
        Environment.ToDictionary(e => e.Key.Replace("__", ":", StringComparison.Ordinal), e => e.Value, StringComparer.Ordinal);

    public static List<object> Read(string text) => KubernetesYaml.LoadAllFromString(text, strict: true);

    public T The<T>() => documents.OfType<T>().Single();

    public IEnumerable<T> All<T>() => documents.OfType<T>();
}

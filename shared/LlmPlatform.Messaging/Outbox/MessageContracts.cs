using System.Collections.Frozen;

namespace LlmPlatform.Messaging;

/// <summary>
/// The types an outbox row may name. A closed list, so that a row can never make the process load a type that is not
/// a message.
/// </summary>
internal sealed class MessageContracts(IEnumerable<MessageContractAssembly> assemblies)
{
    private readonly FrozenDictionary<string, Type> _types = assemblies
        .Select(registered => registered.Assembly)
        .Distinct()
        .SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => type is { IsGenericTypeDefinition: false, IsValueType: false })
        .GroupBy(type => type.FullName!)
        .ToFrozenDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    public string NameOf(Type type) =>
        type.FullName is { } name && _types.TryGetValue(name, out var known) && known == type
            ? name
            : throw new InvalidOperationException(
                $"{type} is not a public type of a registered contract assembly, so the outbox could store but never "
                + "send it. Register the assembly with services.AddMessageContracts(assembly).");

    public Type? Find(string name) => _types.GetValueOrDefault(name);
}

using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Disk;
using Hutch.Types.Catalog;
using Hutch.Types.Mapping;

namespace Hutch.Agent.Publishing;

/// <summary>Says metadata files in the words of datasets, by the mapping of their folder's rule.</summary>
internal sealed class FolderMappings
{
    private readonly Dictionary<FolderRule, MetadataMapping> _mappings = [];
    private readonly TypeLibrary _types;

    private FolderMappings(TypeLibrary types) => _types = types;

    /// <exception cref="HutchException">A file cannot be read, or is no mapping; the message says where.</exception>
    public static FolderMappings Open(IDisk disk, IEnumerable<FolderRule> rules, TypeLibrary types)
    {
        var mappings = new FolderMappings(types);
        foreach (FolderRule rule in rules)
        {
            MetadataMapping mapping = rule.Options.Mapping is { } path ? Read(disk, path) : MetadataMapping.Facility;
            mappings._mappings.Add(rule, mapping with
            {
                Identity = rule.Options.IdentityKey,
                Personal = rule.Personal,
                Ignored = [.. mapping.Ignored, .. rule.Secret],
            });
        }

        return mappings;
    }

    /// <exception cref="HutchException">A file cannot be read, or is no mapping; the message says where.</exception>
    public static void Require(IDisk disk, IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            _ = Read(disk, path);
        }
    }

    public MappedMetadata Map(FolderPlan plan) => _mappings[plan.Rule].Apply(plan.Shown, _types.Current);

    public IReadOnlyList<string> LineageOf(string type) => _types.Current.Find(type)?.Lineage ?? [type];

    private static MetadataMapping Read(IDisk disk, string path)
    {
        byte[] bytes;
        try
        {
            bytes = disk.ReadAllBytes(path, YamlLimits.Written.MaxBytes);
        }
        catch (IOException e)
        {
            throw Reject(path, e.Message);
        }

        YamlMap map = YamlReader.Read(bytes, YamlLimits.Written).TryGet(out YamlMap? read, out HutchError? wrong)
            ? read
            : throw Reject(path, wrong.Message);
        return MetadataMappingReader.Read(map, out IReadOnlyList<DocumentProblem> problems)
            ?? throw Reject(path, string.Join("; ", problems));
    }

    private static HutchException Reject(string path, string why) =>
        ErrorCode.BadConfiguration.With($"The mapping {Display.Quote(path)} ('agent.folders[].mapping') cannot be used: {why}")
            .ToException();
}

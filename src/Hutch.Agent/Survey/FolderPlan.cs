using Hutch.Agent.Rules;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Survey;

/// <summary>A folder that can be published: everything that a server needs to make it a dataset.</summary>
/// <param name="Folder">Its path.</param>
/// <param name="Rule">The rule that holds for it.</param>
/// <param name="MetadataFile">The name of its metadata file.</param>
/// <param name="Metadata">What that says.</param>
/// <param name="Identity">The identity of the dataset: it stays when the folder is renamed or moved.</param>
/// <param name="IsRunning">Whether acquisition goes on.</param>
public sealed record FolderPlan(
    string Folder, FolderRule Rule, string MetadataFile, YamlMap Metadata, string Identity, bool IsRunning);

namespace Hutch.Cli.Configuration;

/// <summary>The effective configuration: file, environment and flags combined.</summary>
internal sealed record LoadedConfiguration(
    HutchConfiguration Options,
    string DataFolder,
    string? File,
    IReadOnlyDictionary<string, ConfigSetting> Settings,
    IReadOnlyList<string> Problems)
{
    /// <summary>The service of this machine whose configuration it is; null for that of a command.</summary>
    public ServiceUnit? Service { get; init; }

    /// <summary>Refuses a configuration with problems and reports all of them at once.</summary>
    public LoadedConfiguration RequireValid() => Problems.Count == 0
        ? this
        : throw ErrorCode.BadConfiguration.With(string.Join("\n  ", Problems.Prepend("The configuration is invalid:"))).ToException();
}

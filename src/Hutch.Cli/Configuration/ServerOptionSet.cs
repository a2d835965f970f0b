using Hutch.Commands.Hosting;

namespace Hutch.Cli.Configuration;

/// <summary>The flags of every verb that works on a data folder: where it is, the file with the configuration, single options.</summary>
internal sealed class ServerOptionSet
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "The data folder (default: $XDG_DATA_HOME/hutch).",
        HelpName = "DIR",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The configuration file (default: $HUTCH_CONFIG, or hutch.yaml in the data folder).",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set an option, such as site.fold.quietSeconds=10; repeatable. `hutch config show --all` lists all.",
        HelpName = "OPTION=VALUE",
    };

    private readonly Dictionary<string, (Option Option, Func<CliContext, string?> Value)> _own = new(StringComparer.Ordinal);

    internal ServerOptionSet(VerbDeclaration verb)
    {
        verb.Add(_data);
        verb.Add(_config);
        verb.Add(_set);
    }

    /// <summary>
    /// True for a verb that looks at an installation: where nothing else is meant, it looks at the service of this machine.
    /// </summary>
    internal bool FindsService { get; init; }

    internal void Bind(string path, Option<string?> flag) => _own[path] = (flag, context => context.Value(flag));

    internal void Bind(string path, Option<bool> flag) => _own[path] = (flag, context => context.Value(flag) ? "true" : null);

    internal LoadedConfiguration Read(CliContext context)
    {
        var flags = new List<(string Path, string Text, string Flag)>();
        if (context.Value(_data) is { } data)
        {
            flags.Add(("server.data", data, "--data"));
        }

        foreach ((string path, (Option option, Func<CliContext, string?> value)) in _own)
        {
            if (value(context) is { } text)
            {
                flags.Add((path, text, option.Name));
            }
        }

        foreach (string setting in context.Value(_set) ?? [])
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw ErrorCode.BadRequest.With(
                    $"--set {Display.Quote(setting)}: expected OPTION=VALUE, such as site.fold.quietSeconds=10.").ToException();
            }

            flags.Add((setting[..equals], setting[(equals + 1)..], "--set"));
        }

        string? file = context.Value(_config);
        return FindsService && FindService(context, file, flags) is { } service
            ? new ConfigurationReader(service.Apply(context.Host), context.FullPath).Read(file, flags) with { Service = service }
            : new ConfigurationReader(context.Host, context.FullPath).Read(file, flags);
    }

    private static ServiceUnit? FindService(CliContext context, string? file, List<(string Path, string Text, string Flag)> flags)
    {
        string? named = file ?? context.Host.Environment(ConfigurationReader.FileVariable);
        if (flags.Any(static flag => flag.Path == ConfigurationReader.DataPath)
            || ServiceUnit.Find(context.Host.SystemRoot) is not { } unit
            || !unit.IsMeant(context.Host, named is { Length: > 0 } ? context.FullPath(named) : null))
        {
            return null;
        }

        // To other users, a file in a folder of the service does not exist.
        return unit.ConfigurationFile is not { } used || CanRead(used) ? unit
            : throw (ErrorCode.Forbidden with { Advice = ServiceUnit.HowToRun }).With(
                $"{ServiceUnit.Name} has its configuration in {Display.Quote(used)}, which you may not read.").ToException();
    }

    private static bool CanRead(string file)
    {
        try
        {
            using FileStream _ = File.OpenRead(file);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // The reader of the configuration reports the problem.
            return true;
        }
    }

    internal LoadedConfiguration ReadValid(CliContext context) => Read(context).RequireValid();
}

namespace Hutch.Commands.Hosting;

/// <summary>The place of a verb that only the full program has, so that the client can say where the verb is.</summary>
internal sealed class FullProgramVerb : Command
{
    private FullProgramVerb(string path)
        : base(path[(path.LastIndexOf(' ') + 1)..], "Only the full program has this verb.")
    {
        Path = path;
        Hidden = true;
    }

    /// <summary>The words of the verb, such as <c>user recover-admin</c>.</summary>
    internal string Path { get; }

    /// <summary>The verb itself in the full program; its place in the client.</summary>
    internal static Command Create(CliHost host, string path) =>
        host.FullVerbs.TryGetValue(path, out Func<CliHost, Command>? create) ? create(host) : new FullProgramVerb(path);
}

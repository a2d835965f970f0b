using System.Text.Json.Serialization.Metadata;
using Hutch.Client.Configuration;
using Hutch.Client.Http;
using Hutch.Client.Workspaces;
using Hutch.Commands.Output;
using Hutch.Disk.Folders;
using Hutch.Objects.Http;

namespace Hutch.Commands.Hosting;

/// <summary>The context of a running verb: its values, the server, the working directory, and its output.</summary>
internal sealed class CliContext : IDisposable
{
    private const string Warning = "Warning:";

    private readonly ParseResult _parsed;
    private readonly TerminalWriter _out;
    private Connection? _connection;
    private HutchClient? _client;
    private Workspace? _workspace;
    private bool _searched;

    internal CliContext(CliHost host, ParseResult parsed)
    {
        _parsed = parsed;
        Json = parsed.GetValue(GlobalOptions.Json);
        Quiet = parsed.GetValue(GlobalOptions.Quiet);
        Verbose = parsed.GetValue(GlobalOptions.Verbose);
        Progress = new ConsoleProgress(host.Error, host.IsTerminal, Quiet || Json, host.Time, host.Width);
        _out = new TerminalWriter(host.Out, Progress.Clear);
        Host = host with { Out = _out, Error = new TerminalWriter(host.Error, Progress.Clear) };
    }

    internal CliHost Host { get; }

    internal bool Json { get; }

    internal bool Quiet { get; }

    internal bool Verbose { get; }

    internal ConsoleProgress Progress { get; }

    /// <summary>The message of an interrupted command: the part that continues, and the way to resume the rest.</summary>
    internal string AfterInterrupt { get; set; } = "Run the command again to resume.";

    /// <summary>The token of the share link by which the dataset was named; null for none.</summary>
    internal string? Link { get; private set; }

    /// <inheritdoc cref="TerminalWriter.IsReaderGone"/>
    internal bool IsReaderGone => _out.IsReaderGone;

    /// <summary>True if no server was named, so that the local machine is tried.</summary>
    internal bool ServerIsAGuess => _connection?.IsGuess == true;

    internal string UserConfigPath => UserConfig.DefaultPath(Host.Environment);

    /// <summary>The working directory that the person is in; null when in none.</summary>
    internal Workspace? Workspace
    {
        get
        {
            if (!_searched)
            {
                _searched = true;
                _workspace = Client.Workspaces.Workspace.Find(Host.Folder, Host.Time);
            }

            return _workspace;
        }
    }

    /// <summary>
    /// The server of the address that names the dataset; else of the options, the environment, the working directory or the last login,
    /// in this order.
    /// </summary>
    internal Connection ServerConnection => _connection ??= FindConnection(Workspace?.Config.Remote);

    /// <summary>A client of <see cref="ServerConnection"/>.</summary>
    internal HutchClient Server => _client ??= Open(ServerConnection);

    public void Dispose()
    {
        Progress.Dispose();
        _client?.Dispose();
        _workspace?.Dispose();
    }

    /// <summary>True if the token comes from the command line or the environment, and not from a login.</summary>
    internal bool CarriesToken => !string.IsNullOrWhiteSpace(Value(GlobalOptions.Token) ?? Host.Environment(Connection.TokenVariable));

    /// <summary>True if the command line or the environment names the server.</summary>
    internal bool NamesServer => !string.IsNullOrWhiteSpace(Value(GlobalOptions.Remote) ?? Host.Environment(Connection.RemoteVariable));

    internal T? Value<T>(Option<T> option) => _parsed.GetValue(option);

    internal T? Value<T>(Argument<T> argument) => _parsed.GetValue(argument);

    internal string FullPath(string path) => Path.GetFullPath(path, Host.Folder);

    /// <summary>The working directory; a refusal when the person is in none.</summary>
    internal Workspace RequireWorkspace() => Workspace is { Config.Watched: true }
        ? throw (ErrorCode.Conflict with { Advice = "Work in a clone of the dataset: `hutch clone`." }).With(
            $"{Display.Quote(Workspace.Path)} is sent by `hutch push --watch`, which removes nothing from the dataset: other commands "
            + "would take what was removed here for a change.").ToException()
        : Workspace ?? throw (ErrorCode.NotFound with
        {
            Advice = "Run `hutch init` to make it one, or `hutch clone` to create a new one.",
        }).With(
            $"No Hutch working directory here: there is no {Client.Workspaces.Workspace.ControlFolder} in {Display.Quote(Host.Folder)} "
            + "or above.")
            .ToException();

    /// <summary>The server of the options, the environment, a working directory or the last login, in this order.</summary>
    internal Connection FindConnection(string? workspaceRemote)
    {
        var connection = Connection.Find(
            Value(GlobalOptions.Remote), Value(GlobalOptions.Token), workspaceRemote, UserConfig.Load(UserConfigPath),
            Host.Environment).Value;
        if (connection.NewZone is { } zone)
        {
            Remember(RemoteAddress.Key(connection.Remote), zone);
        }

        return connection.Token is null && Workspace is { } here && RemoteAddress.Key(connection.Remote) == here.Config.Remote
            && UserConfig.Load(UserConfigPath).Links?.GetValueOrDefault(here.Config.Dataset.ToString()) is { } link
                ? connection with { Token = link, UsesZoneLogin = false }
                : connection;
    }

    internal HutchClient Open(
        Uri remote, string? token, ServerTrust? trust = null, RateLimit? limit = null, Login? login = null) => new(
        remote,
        token,
        new HutchClientOptions
        {
            Trust = trust,
            Login = login,
            Wait = WaitOption.Of(_parsed),
            SendLimit = limit,
            Handler = Host.Handler,
            Notice = Verbose ? Progress.Report : null,
            Waiting = Progress.Report,
            Unconfirmed = sites => Progress.Report(
                $"Not confirmed by {sites}, which may be cut off and go by the old rights for up to 24 hours. To shut a site out at once: "
                + "`hutch site remove`."),
        });

    /// <summary>Opens a client that fails at once where the server does not answer.</summary>
    internal HutchClient OpenBriefly(Uri remote, string token, ServerTrust? trust) => new(
        remote, token,
        new HutchClientOptions { Trust = trust, Handler = Host.Handler, Retry = HttpRetry.Default with { MaxAttempts = 1 } });

    /// <summary>Finds a dataset and the version in its name. No name, or <c>@N</c>, means the dataset of the working directory.</summary>
    internal async Task<(DatasetInfo Dataset, string? At)> ResolveAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null || IsLocalVersion(name))
        {
            string? at = name is null ? null : SnapshotRef.Parse(name).Value.Text;
            return (await Server.GetDatasetAsync(RequireWorkspace().Config.Dataset, cancellationToken), at);
        }

        if (DatasetAddress.TryParse(name) is { } address)
        {
            return (await ResolveAsync(address, cancellationToken), null);
        }

        if (name.Contains("://", StringComparison.Ordinal))
        {
            throw (ErrorCode.InvalidName with { Advice = "Copy the address of the dataset's page, or give its name." })
                .With($"{Display.Quote(name)} is not the address of a dataset.").ToException();
        }

        DatasetRef reference = DatasetRef.Parse(name).Value;
        string bare = reference.Snapshot is null ? name : name[..name.IndexOf('@', StringComparison.Ordinal)];
        DatasetInfo dataset = reference.Id is { } id
            ? await Server.GetDatasetAsync(id, cancellationToken)
            : await Server.ResolveAsync(bare, cancellationToken);
        return (dataset, reference.Snapshot?.Text);
    }

    /// <summary>
    /// Finds a dataset as <see cref="ResolveAsync(string?, CancellationToken)"/> does, for a command that reads its bytes: the site that
    /// has them is the server of the command from then on.
    /// </summary>
    /// <param name="site">The site that must be used; null for the nearest.</param>
    internal async Task<(DatasetInfo Dataset, string? At)> ResolveWithDataAsync(
        string? name, string? site, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await new CopiesElsewhere(this).WatchAsync(
            ResolveAnywhereAsync(name, cancellationToken), name, cancellationToken);
        return (await UseSiteAsync(dataset.Id, dataset.Name, site, cancellationToken) ?? dataset, at);
    }

    /// <summary>
    /// Finds a dataset as <see cref="ResolveAsync(string?, CancellationToken)"/> does. If its home does not answer the server of the
    /// command, a site with a whole copy answers, and is the server from then on.
    /// </summary>
    internal async Task<(DatasetInfo Dataset, string? At)> ResolveAnywhereAsync(string? name, CancellationToken cancellationToken)
    {
        try
        {
            return await ResolveAsync(name, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable && NamedIn(e) is not null)
        {
            DatasetId id = NamedIn(e)!.Value;
            var sites = new SiteWithData(this);
            if (await sites.FindAsync(id, name ?? id.ToString(), null, isHomeAway: true, cancellationToken) is not { } there
                || await TryOpenAsync(there, id, isRequired: false, cancellationToken) is not { } dataset)
            {
                throw;
            }

            return (dataset, name is null || DatasetAddress.TryParse(name) is not null ? null
                : IsLocalVersion(name) ? SnapshotRef.Parse(name).Value.Text
                : DatasetRef.Parse(name).Value.Snapshot?.Text);
        }
    }

    /// <summary>Makes a site that has the bytes of a dataset the server of the command. Returns null if it is that already.</summary>
    /// <param name="site">The site that must be used; null for the nearest.</param>
    internal async Task<DatasetInfo?> UseSiteAsync(DatasetId dataset, string? name, string? site, CancellationToken cancellationToken) =>
        await new SiteWithData(this).FindAsync(dataset, name ?? dataset.ToString(), site, isHomeAway: false, cancellationToken)
            is { } connection
            ? await TryOpenAsync(connection, dataset, isRequired: site is not null, cancellationToken)
            : null;

    private async Task<DatasetInfo?> TryOpenAsync(Connection connection, DatasetId id, bool isRequired, CancellationToken cancellationToken)
    {
        HutchClient there = Open(connection);
        DatasetInfo dataset;
        try
        {
            dataset = await there.GetDatasetAsync(id, cancellationToken);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException)
        {
            there.Dispose();
            if (isRequired)
            {
                throw;
            }

            WriteNote($"{RemoteAddress.Key(connection.Remote)} has the data and cannot be used: {e.Message}");
            return null;
        }

        _client?.Dispose();
        (_client, _connection) = (there, connection);
        return dataset;
    }

    /// <summary>Finds the dataset of an address. Its server is that of the command from then on.</summary>
    private async Task<DatasetInfo> ResolveAsync(DatasetAddress address, CancellationToken cancellationToken)
    {
        _client?.Dispose();
        _client = null;
        _connection = Connection.Find(
            address.Remote, address.Link ?? Value(GlobalOptions.Token), null, UserConfig.Load(UserConfigPath), Host.Environment).Value;
        Link = address.Link;
        if (address.Dataset is { } id)
        {
            return await Server.GetDatasetAsync(id, cancellationToken);
        }

        await foreach (DatasetInfo shared in Server.ListDatasetsAsync(null, null, cancellationToken))
        {
            return shared;
        }

        throw ErrorCode.NotFound.With("The share link shows no dataset: it was revoked, or has expired.").ToException();
    }

    /// <summary>Returns true if a name is <c>@N</c>: a version of the dataset of the working directory.</summary>
    internal static bool IsLocalVersion(string name) => name.StartsWith('@');

    /// <summary>Finds a dataset; naming a version is refused, because the verb acts on the dataset.</summary>
    internal async Task<DatasetInfo> ResolveWholeAsync(string? name, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await ResolveAsync(name, cancellationToken);
        RefuseVersion(name, at);
        return dataset;
    }

    internal static void RefuseVersion(string? name, string? at)
    {
        if (at is not null)
        {
            throw ErrorCode.InvalidName.With(
                $"{Display.Quote(name!)} names a snapshot, but this command works on a whole dataset; omit '@{at}'.").ToException();
        }
    }

    internal async Task<DatasetId> ResolveIdAsync(string? name, CancellationToken cancellationToken) =>
        (await ResolveNamedAsync(name, cancellationToken)).Id;

    /// <summary>
    /// Finds the id of a dataset and its name for messages. This includes datasets that cannot be read at this server: temporary ones
    /// with their home elsewhere, those in the trash, and those whose home is away.
    /// </summary>
    internal async Task<(DatasetId Id, string Name)> ResolveNamedAsync(string? name, CancellationToken cancellationToken)
    {
        try
        {
            DatasetInfo found = await ResolveWholeAsync(name, cancellationToken);
            return (found.Id, found.Name);
        }
        catch (HutchException e) when (name?.Contains('@') != true && NamedIn(e) is not null)
        {
            DatasetId known = NamedIn(e)!.Value;
            return (known, name ?? known.ToString());
        }
    }

    /// <summary>The dataset of a refusal that names it; otherwise null.</summary>
    private static DatasetId? NamedIn(HutchException refusal) =>
        DatasetId.TryParse(refusal.Error.Details?.GetValueOrDefault("dataset"), out DatasetId known) ? known : null;

    internal byte[] ReadFile(string file) => SmallFile.TryRead(FullPath(file))
        ?? throw (ErrorCode.NotFound with { Advice = "Check the path." })
            .With($"The file {Display.Quote(file)} does not exist.").ToException();

    /// <summary>The text of a small file that a person names, or of standard input without one.</summary>
    internal async Task<string> ReadTextAsync(string? file, CancellationToken cancellationToken) =>
        file is null ? await Host.In.ReadToEndAsync(cancellationToken) : Encoding.UTF8.GetString(ReadFile(file));

    internal static string TextFrom(string? file) => file is null ? "What came on standard input" : Display.Quote(file);

    /// <summary>Prints a result: JSON with <c>--json</c>, else the text.</summary>
    internal void Print<T>(T value, JsonTypeInfo<T> type, string text) => Host.Out.WriteLine(Json ? JsonText.Write(value, type) : text);

    internal void PrintJson<T>(T value, JsonTypeInfo<T> type) => Host.Out.WriteLine(JsonText.Write(value, type));

    /// <summary>Takes each item into the table; with <c>--json</c> prints it as it comes, and the table stays empty.</summary>
    internal async Task AddAsync<T>(TextTable table, IAsyncEnumerable<T> items, JsonTypeInfo<T> type, Func<T, string[]> row)
    {
        await foreach (T item in items)
        {
            if (Json)
            {
                PrintJson(item, type);
            }
            else
            {
                table.Add(row(item));
            }
        }
    }

    /// <summary>Prints a table; for an empty one, a sentence.</summary>
    internal void Write(TextTable table, string empty)
    {
        if (table.IsEmpty)
        {
            WriteEmpty(empty);
        }

        table.Write(Host.Out);
    }

    /// <summary>Reports that a list is empty, so that the user does not take it for an error or for a complete list.</summary>
    internal void WriteEmpty(string empty) =>
        WriteNote(empty + (_client is { IsAnonymous: true } ? " You are anonymous: `hutch login URL` logs you in." : ""));

    /// <summary>Reports what a command without another result has done.</summary>
    internal void WriteDone(string text)
    {
        if (!Quiet && !Json)
        {
            Host.Out.WriteLine(text);
        }
    }

    /// <summary>Writes a message of a command that runs for long. With --json, too: its output has no place for it.</summary>
    internal void Report(string text)
    {
        if (Json && !Quiet)
        {
            Host.Error.WriteLine(TerminalWriter.Escape(text));
        }
        else
        {
            Progress.Report(text);
        }
    }

    /// <summary>Says something to a person, not to a program.</summary>
    internal void WriteNote(string text)
    {
        if (Quiet || Json)
        {
            return;
        }

        if (Host.HasColour && text.StartsWith(Warning, StringComparison.Ordinal) && Host.Error is TerminalWriter error)
        {
            error.WriteLine(Warning, Colour.Warning, text[Warning.Length..]);
        }
        else
        {
            Host.Error.WriteLine(text);
        }
    }

    /// <summary>Keeps the token of a share link, so that a clone that came by it can be updated.</summary>
    internal void RememberLink(DatasetId dataset, string token)
    {
        UserConfig config = UserConfig.Load(UserConfigPath);
        SortedDictionary<string, string> links = config.Links ?? new SortedDictionary<string, string>(StringComparer.Ordinal);
        links[dataset.ToString()] = token;
        (config with { Links = links }).Save(UserConfigPath);
    }

    // So that a working directory of this server is believed later.
    private void Remember(string address, string zone)
    {
        try
        {
            UserConfig config = UserConfig.Load(UserConfigPath);
            RemoteConfig known = config.Remotes.GetValueOrDefault(address) ?? new RemoteConfig();
            config.Remotes[address] = known with { Zone = zone.Length > 0 ? zone : known.Zone };
            config.Save(UserConfigPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Verbose)
            {
                Progress.Report($"That {address} takes this token could not be kept: {e.Message}");
            }
        }
    }

    /// <summary>Opens a client of the server that <see cref="FindConnection"/> finds.</summary>
    internal HutchClient Connect(string? workspaceRemote, RateLimit? limit = null) =>
        Open(_connection = FindConnection(workspaceRemote), limit);

    /// <summary>Opens a client, whose login may come from the zone of the server.</summary>
    internal HutchClient Open(Connection connection, RateLimit? limit = null) =>
        Open(connection.Remote, connection.Token, connection.Trust, limit, LoginOf(connection));

    /// <summary>The login at the zone of a server, which gives and renews its token; null for a server with a login of its own.</summary>
    internal Login? LoginOf(Connection connection) => connection.UsesZoneLogin
        ? new ZoneLogin(
            RemoteAddress.Key(connection.Remote), UserConfigPath, (zone, token, trust) => Open(zone, token, trust), WriteNote, Host.Time)
            .FindAsync
        : null;

    /// <summary>A connection with a token for programs that get it once: at a site, the login at its zone is exchanged if needed.</summary>
    internal async Task<Connection> LogInAsync(Connection connection, CancellationToken cancellationToken) =>
        LoginOf(connection) is { } login && await login(null, cancellationToken) is { } token
            ? connection with { Token = token.Text, Trust = token.Trust }
            : connection;
}

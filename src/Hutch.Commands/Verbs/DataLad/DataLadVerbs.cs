using System.Net;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.DataLadClient;

namespace Hutch.Commands.Verbs.DataLad;

/// <summary><c>hutch datalad login | enable</c>: what git, DataLad and git-annex need to write to a server.</summary>
internal static class DataLadVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "datalad", "Set up git, DataLad and git-annex for a server.",
        new DataLadLoginVerb(host), new EnableVerb(host), new RemoteVerb(host), new CredentialVerb(host));

    /// <summary>git, DataLad and git-annex each look for certificates in a place of their own.</summary>
    private static void ShowCertificate(TextWriter output, string ca)
    {
        output.WriteLine("The server's certificate has an authority of its own. Put this line into your shell's profile:");
        output.WriteLine($"  export GIT_SSL_CAINFO='{ca}' REQUESTS_CA_BUNDLE='{ca}' SYSTEM_CERTIFICATE_PATH='{ca}'");
    }

    private sealed class DataLadLoginVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "login",
            "Let git, DataLad and git-annex use your login at a server or site: by a credential helper of git and a line in ~/.netrc.",
            "hutch datalad login",
            "hutch datalad login --remote https://archive.example.org",
            "hutch datalad login --undo")
    {
        private readonly Option<bool> _undo = verb.Option<bool>("--undo", "Take it back: remove the line.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            Connection connection = await context.LogInAsync(context.FindConnection(null), cancellationToken);
            string server = RemoteAddress.Key(connection.Remote);
            string token = connection.Token ?? throw (ErrorCode.Unauthenticated with { Advice = $"`hutch login {server}` logs you in." })
                .With($"You are not logged in to {server}.").ToException();
            RemoteAddress.RefuseOpenToken(connection.Remote, token);
            string path = NetrcFile.PathOf(context.Host.Environment);
            bool isUndone = context.Value(_undo);
            NetrcFile.Set(path, connection.Remote.Host, isUndone ? null : token);
            var git = new GitProgram(context.Host.Folder);
            TextWriter output = context.Host.Out;
            if (isUndone)
            {
                _ = await git.RequestAsync(CredentialHelper.Unset(connection.Remote, "--global"), cancellationToken);
                output.WriteLine($"{path} has no line for {connection.Remote.Host} any more.");
                return ExitCode.Ok;
            }

            await git.DoAsync(CredentialHelper.Set(connection.Remote, "--global", OwnProgram.ShellCommand()), cancellationToken);
            output.WriteLine($"git and git-annex ask hutch for your token at {server}: it is their credential helper there.");
            output.WriteLine($"For DataLad, {path}, which only you can read, has this line now:");
            output.WriteLine($"  machine {connection.Remote.Host} login hutch password (your token)");
            if (connection.UsesZoneLogin)
            {
                output.WriteLine("The token of a site expires. git renews it. For DataLad, run this command again.");
            }

            if (connection.Trust?.CaFile is { } ca)
            {
                ShowCertificate(output, ca);
            }

            output.WriteLine("`hutch datalad login --undo` removes both.");
            return ExitCode.Ok;
        }
    }

    private sealed class EnableVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "enable",
            "Set up this clone so that `datalad push` sends content and commits to the server. In a dataset that has no server yet, "
            + "name the dataset; it is created when it is not there.",
            "hutch datalad enable",
            "hutch datalad enable ann/lysozyme",
            "hutch datalad enable --undo")
    {
        private const string RemoteName = "hutch";

        private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
        private readonly Option<bool> _undo = verb.Option<bool>("--undo", "Take it back: content is only read again.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var git = new GitProgram(context.Host.Folder);
            if (await git.RequestAsync(["rev-parse", "--git-dir"], cancellationToken) is null)
            {
                throw ErrorCode.NotFound.With(
                    $"{Display.Quote(context.Host.Folder)} is not in a clone of git. Run this inside of one: `datalad clone` or "
                    + "`datalad create` makes it.").ToException();
            }

            var clone = new EnabledClone(git);
            if (context.Value(_undo))
            {
                await clone.DisableAsync(cancellationToken);
                Show(context, clone, "Content is read as from any RIA store again, and not sent.");
                return ExitCode.Ok;
            }

            (string Remote, Uri Server, string Dataset)? known = await clone.FindAsync(cancellationToken);
            string name = context.Value(_dataset) ?? known?.Dataset ?? throw ErrorCode.BadRequest.With(
                "This clone has no remote that is a dataset of a server. Name one: `hutch datalad enable OWNER/NAME`.").ToException();
            Connection connection = Connection.Find(
                context.Value(GlobalOptions.Remote) ?? (context.Value(_dataset) is null ? RemoteAddress.Key(known!.Value.Server) : null),
                context.Value(GlobalOptions.Token), null, UserConfig.Load(context.UserConfigPath), context.Host.Environment).Value;
            using HutchClient client = context.Open(connection);
            DatasetInfo dataset = await FindOrMakeAsync(client, name, isNamed: context.Value(_dataset) is not null, cancellationToken);
            string? toDo = RemoteProgram.Install(context.Host.Environment, OwnProgram.ShellCommand());
            string remote = context.Value(_dataset) is null ? known!.Value.Remote : RemoteName;
            if (connection.Trust?.CaFile is { } ca)
            {
                await clone.TrustAsync(connection.Remote, ca, cancellationToken);
                ShowCertificate(context.Host.Out, ca);
            }

            IReadOnlyList<IPAddress> nearby = await PrivateAddresses.OfAsync(connection.Remote.IdnHost, cancellationToken);
            await clone.LogInAsync(connection.Remote, OwnProgram.ShellCommand(), cancellationToken);
            await clone.EnableAsync(client, dataset, remote, nearby, cancellationToken);
            Show(
                context, clone,
                $"`datalad push --to {remote}` sends content and commits to {dataset.Name}. `hutch datalad enable --undo` takes it back.");
            if (toDo is not null)
            {
                context.Host.Out.WriteLine("Put this line into your shell's profile, so that git-annex finds its helper:");
                context.Host.Out.WriteLine("  " + toDo);
            }

            string server = RemoteAddress.Key(connection.Remote);
            if (CredentialVerb.FindLogin(context, connection.Remote) is null)
            {
                context.Host.Out.WriteLine($"git asks hutch for a password there, which has none: `hutch login {server}`.");
            }

            return ExitCode.Ok;
        }

        private static async Task<DatasetInfo> FindOrMakeAsync(HutchClient server, string name, bool isNamed, CancellationToken ct)
        {
            try
            {
                return DatasetId.TryParse(name, out DatasetId id)
                    ? await server.GetDatasetAsync(id, ct)
                    : await server.ResolveAsync(name, ct);
            }
            catch (HutchException e) when (isNamed && e.Error.Code == ErrorCode.NotFound && !DatasetId.TryParse(name, out _))
            {
                return await server.CreateDatasetAsync(new CreateDataset { Name = name }, ct);
            }
        }

        private static void Show(CliContext context, EnabledClone clone, string words)
        {
            context.Host.Out.WriteLine("These commands were run in this clone:");
            foreach (string line in clone.Lines)
            {
                context.Host.Out.WriteLine("  " + line);
            }

            context.Host.Out.WriteLine(words);
        }
    }

    /// <summary>The verb that git-annex starts; users do not.</summary>
    private sealed class RemoteVerb(VerbDeclaration verb)
        : Verb(verb.Hide(), "annex-remote", "Store content for git-annex, which starts this.")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            using var remote = new AnnexRemote(context.Host.In, Console.Out, address => Connect(context, address));
            await remote.RunAsync(cancellationToken);
            return ExitCode.Ok;
        }

        private static HutchClient Connect(CliContext context, string address)
        {
            Connection connection = Connection.Find(
                address, null, null, UserConfig.Load(context.UserConfigPath), context.Host.Environment).Value;
            return context.Open(connection);
        }
    }
}

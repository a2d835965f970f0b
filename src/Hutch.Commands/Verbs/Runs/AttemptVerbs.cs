using Hutch.Commands.Hosting;
using Hutch.Model.Records;
using Hutch.Node.Attempts;
using Hutch.Objects.Http;

namespace Hutch.Commands.Verbs.Runs;

/// <summary>
/// <c>hutch attempt run | check</c>: the node of a program. Engines start it; standard input has the token of the attempt, and its end ends
/// the node.
/// </summary>
internal static class AttemptVerbs
{
    internal static Command Create(CliHost host)
    {
        return new VerbGroup(
            "attempt", "Execute an attempt of a run; engines of programs start it.", new RunAttemptVerb(host), new CheckVerb(host))
        {
            Hidden = true,
        };
    }

    /// <summary>The options about the sandbox, which both verbs have.</summary>
    private sealed class SandboxOptions(VerbDeclaration verb)
    {
        private readonly Option<string> _kind = verb.Add(new Option<string>("--sandbox")
        {
            Description = "How the command is isolated.",
            HelpName = "KIND",
            DefaultValueFactory = static _ => Sandbox.Bubblewrap,
        });

        private readonly Option<string[]> _readOnly = verb.Option<string[]>(
            "--read-only DIR", "A folder that the command sees, too; give it again for more.");
        private readonly Option<string[]> _devices = verb.Option<string[]>(
            "--device PATH", "A device that the command sees, too; give it again for more.");
        private readonly Option<string?> _account = verb.Option<string?>(
            "--account UID:GID", "The account of the command, if this process is root's.");

        internal Sandbox Read(CliContext context) =>
            new(context.Value(_kind)!, context.Value(_readOnly) ?? [], context.Value(_account))
            {
                Devices = context.Value(_devices) ?? [],
            };
    }

    private sealed class RunAttemptVerb(VerbDeclaration verb)
        : Verb(verb, "run", "Execute an attempt of a run.", "hutch attempt run RUN 1 --server URL --work DIR < token")
    {
        private static readonly TimeSpan WaitForServer = TimeSpan.FromHours(1);

        private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run.");
        private readonly Argument<int> _attempt = verb.Argument<int>("attempt", "The number of the attempt.");
        private readonly Option<string> _server = verb.Required<string>("--server URL", "The address of the server.");
        private readonly Option<string?> _trust = verb.Option<string?>(
            "--trust FINGERPRINT", "The fingerprint of its certificate.");
        private readonly Option<string> _work = verb.Required<string>("--work DIR", "The folder for inputs and results.");
        private readonly Option<string?> _tokenFile = verb.Option<string?>(
            "--token-file FILE", "The file with the token, which is deleted; without it, standard input has the token.");
        private readonly Option<string?> _images = verb.Option<string?>(
            "--images DIR", "The folder that keeps images for later attempts.");
        private readonly Option<long> _imageBytes = verb.Option<long>(
            "--image-bytes N", "The most bytes of images that it keeps.");
        private readonly Option<long> _keepFree = verb.Option<long>(
            "--keep-free N", "The free bytes of the disk that it leaves to others.");
        private readonly SandboxOptions _sandbox = new(verb);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PATH")))
            {
                // Some batch systems give a job no environment at all.
                Environment.SetEnvironmentVariable("PATH", Sandbox.SearchPath);
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            string token;
            if (context.Value(_tokenFile) is { } file)
            {
                token = Encoding.UTF8.GetString(context.ReadFile(file)).Trim();
                File.Delete(context.FullPath(file));
            }
            else
            {
                token = await context.Host.In.ReadLineAsync(cancellationToken) ?? "";
                _ = WatchAsync(context.Host.In, stop);
            }

            using var server = new HutchClient(
                new Uri(context.Value(_server)!),
                token,
                new HutchClientOptions
                {
                    Trust = context.Value(_trust) is { } fingerprint ? new ServerTrust(Fingerprint: fingerprint) : null,
                    Wait = WaitForServer,
                });
            Sandbox sandbox = _sandbox.Read(context);
            TimeProvider time = context.Host.Time;
            ImageCache? images = context.Value(_images) is { } folder
                ? new ImageCache(context.FullPath(folder), context.Value(_imageBytes), time)
                : null;
            using var attempt = new AttemptRun(
                server, context.Value(_run)!, context.Value(_attempt), context.FullPath(context.Value(_work)!), sandbox, images,
                context.Value(_keepFree), time);
            try
            {
                await attempt.RunAsync(stop.Token);
                return ExitCode.Ok;
            }
            finally
            {
                attempt.DeleteFolder();
            }
        }

        /// <summary>Waits for the end of the input, which is the end of the server. Reading the console blocks its thread.</summary>
        private static Task WatchAsync(TextReader input, CancellationTokenSource stop) => Task.Run(() =>
        {
            while (input.ReadLine() is not null)
            {
                // Nothing else comes.
            }

            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The attempt has ended.
            }
        });
    }

    private sealed class CheckVerb(VerbDeclaration verb)
        : Verb(verb, "check", "Check that the sandbox of programs works here, for this account.", "hutch attempt check")
    {
        private static readonly TaskLimits AnyNetwork = new(1, 1, 1, 1, 1, 1, Network: true);

        private readonly Option<bool> _own = verb.Option<bool>(
            "--own", "Print only what does not work, for the server that asks.");
        private readonly SandboxOptions _sandbox = new(verb);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            Sandbox sandbox = await _sandbox.Read(context).TriedAsync(cancellationToken);
            DirectoryInfo scratch = Directory.CreateTempSubdirectory("hutch-attempt-");
            try
            {
                string? problem = await sandbox.FindProblemAsync(scratch.FullName, cancellationToken);
                await PrintAsync(context, sandbox, problem);
                return problem is null ? ExitCode.Ok : ExitCode.Failure;
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        }

        private async Task PrintAsync(CliContext context, Sandbox sandbox, string? problem)
        {
            TextWriter output = context.Host.Error;
            await using ControlGroup? group = sandbox.Features.Groups.TryMake(1 << 30, 10, context.Host.Time);
            IReadOnlyList<string> missing = problem is null ? sandbox.FindMissingLimits(AnyNetwork, group) : [];
            if (context.Value(_own))
            {
                (problem is null ? missing : [problem]).ToList().ForEach(output.WriteLine);
                return;
            }

            output.WriteLine(problem ?? $"The sandbox works for the account {Environment.UserName} in this shell.");
            foreach (string limit in missing)
            {
                output.WriteLine($"It does not bound {limit}.");
            }

            output.WriteLine("A server may be allowed other things: `hutch doctor` shows what its own check found.");
        }
    }
}

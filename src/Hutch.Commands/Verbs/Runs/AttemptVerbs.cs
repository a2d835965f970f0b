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
    private sealed class SandboxOptions
    {
        private readonly Option<string> _kind = new("--sandbox")
        {
            Description = "How the command is isolated.",
            HelpName = "KIND",
            DefaultValueFactory = static _ => Sandbox.Bubblewrap,
        };

        private readonly Option<string[]> _readOnly = new("--read-only")
        {
            Description = "A folder that the command sees, too; give it again for more.",
            HelpName = "DIR",
        };

        private readonly Option<string[]> _devices = new("--device")
        {
            Description = "A device that the command sees, too; give it again for more.",
            HelpName = "PATH",
        };

        private readonly Option<string?> _account = new("--account")
        {
            Description = "The account of the command, if this process is root's.",
            HelpName = "UID:GID",
        };

        internal void AddTo(Command verb)
        {
            verb.Add(_kind);
            verb.Add(_readOnly);
            verb.Add(_devices);
            verb.Add(_account);
        }

        internal Sandbox Read(CliContext context) =>
            new(context.Value(_kind)!, context.Value(_readOnly) ?? [], context.Value(_account))
            {
                Devices = context.Value(_devices) ?? [],
            };
    }

    private sealed class RunAttemptVerb : Verb
    {
        private static readonly TimeSpan WaitForServer = TimeSpan.FromHours(1);

        private readonly Argument<string> _run = new("run") { Description = "The id of the run." };
        private readonly Argument<int> _attempt = new("attempt") { Description = "The number of the attempt." };

        private readonly Option<string> _server = new("--server")
        {
            Description = "The address of the server.",
            HelpName = "URL",
            Required = true,
        };

        private readonly Option<string?> _trust = new("--trust")
        {
            Description = "The fingerprint of its certificate.",
            HelpName = "FINGERPRINT",
        };

        private readonly Option<string> _work = new("--work")
        {
            Description = "The folder for inputs and results.",
            HelpName = "DIR",
            Required = true,
        };

        private readonly Option<string?> _tokenFile = new("--token-file")
        {
            Description = "The file with the token, which is deleted; without it, standard input has the token.",
            HelpName = "FILE",
        };

        private readonly Option<string?> _images = new("--images")
        {
            Description = "The folder that keeps images for later attempts.",
            HelpName = "DIR",
        };

        private readonly Option<long> _imageBytes = new("--image-bytes")
        {
            Description = "The most bytes of images that it keeps.",
            HelpName = "N",
        };

        private readonly Option<long> _keepFree = new("--keep-free")
        {
            Description = "The free bytes of the disk that it leaves to others.",
            HelpName = "N",
        };

        private readonly SandboxOptions _sandbox = new();

        internal RunAttemptVerb(CliHost host)
            : base(host, "run", "Execute an attempt of a run.", "hutch attempt run RUN 1 --server URL --work DIR < token")
        {
            Add(_run);
            Add(_attempt);
            Add(_server);
            Add(_trust);
            Add(_work);
            Add(_tokenFile);
            Add(_images);
            Add(_imageBytes);
            Add(_keepFree);
            _sandbox.AddTo(this);
        }

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

    private sealed class CheckVerb : Verb
    {
        private static readonly TaskLimits AnyNetwork = new(1, 1, 1, 1, 1, 1, Network: true);

        private readonly Option<bool> _own = new("--own") { Description = "Print only what does not work, for the server that asks." };
        private readonly SandboxOptions _sandbox = new();

        internal CheckVerb(CliHost host)
            : base(host, "check", "Check that the sandbox of programs works here, for this account.", "hutch attempt check")
        {
            Add(_own);
            _sandbox.AddTo(this);
        }

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

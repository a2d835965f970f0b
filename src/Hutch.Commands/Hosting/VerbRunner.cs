using Hutch.Commands.Output;
using Hutch.Objects.Http;

namespace Hutch.Commands.Hosting;

/// <summary>Runs a verb and turns whatever goes wrong into a message and an exit code.</summary>
internal static class VerbRunner
{
    internal static async Task<int> RunAsync(
        CliHost host, ParseResult parsed, Func<CliContext, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        using var context = new CliContext(host, parsed);
        try
        {
            int code = await run(context, cancellationToken);
            await host.Out.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Progress.Dispose();
            await context.Host.Error.WriteLineAsync("hutch: interrupted. " + context.AfterInterrupt);
            return ExitCode.Interrupted;
        }
        catch (IOException e) when (StandardStreams.IsReaderGone(e))
        {
            context.Progress.Dispose();
            return ExitCode.ReaderGone;
        }
        catch (Exception e)
        {
            context.Progress.Dispose();
            int code = ErrorReport.Write(e, context.Host, context.Json, context.Verbose);
            if (e is ServerUnreachableException && context.ServerIsAGuess)
            {
                context.WriteNote(
                    "  You are not logged in to any server: `hutch login URL` logs you in. `hutch serve` starts one on this machine.");
            }

            return code;
        }
    }
}

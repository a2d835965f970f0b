using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Versions;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Api.Endpoints;

internal sealed class MaintenanceEndpoints(JobService jobs, VerifyService verify) : IEndpoints
{
    public void Add(EndpointTable table)
    {
        table.Add("Streams", RestCalls.Streams.Verify, "Read every byte of a version and compare it with its hash")
            .At()
            .AnsweringLines("Progress, one line each; the last has `end` and `ok`")
            .Does(VerifyAsync);
        table.Add("Jobs", RestCalls.Jobs.List, "Jobs of the site, newest first: running ones, at any server, and the last finished ones")
            .Gives(request => jobs.ListAsync(request.Caller, request.Aborted), JobDocuments.From);
        table.Add("Jobs", RestCalls.Jobs.Start, "Start a job of a kind of `GET /jobs/kinds`: `gc`, `scrub`, `checkpoint`, `backup`")
            .Gives(StartAsync, JobDocuments.From, StatusCodes.Status202Accepted);
        table.Add("Jobs", RestCalls.Jobs.ListWarnings, "Warnings for operators: damage, loss, rebuilt databases; empty if all is well")
            .Gives(request => jobs.WarningsAsync(request.Caller, request.Aborted), JobDocuments.From);
        table.Add("Jobs", RestCalls.Jobs.ListKinds, "Kinds of jobs: description, parameters, and the role that may start them")
            .Gives(request => Task.FromResult(jobs.Kinds(request.Caller)), JobDocuments.From);
        table.Add("Jobs", RestCalls.Jobs.Find, "A job")
            .Gives(request => jobs.GetAsync(request.Caller, request.Route("job"), request.Aborted), JobDocuments.From);
    }

    private async Task<Result<MaintenanceJob>> StartAsync(ApiRequest request, StartJob wanted) =>
        await jobs.StartAsync(
            request.Caller, wanted.Kind, JobDocuments.ReadParameters(wanted), request.Aborted);

    private async Task VerifyAsync(ApiRequest request)
    {
        Result<Verification> opened = await verify.OpenAsync(
            request.Caller, request.Dataset, request.At, request.Aborted);
        if (!opened.IsOk)
        {
            await Problems.WriteAsync(request.Http, opened.Error, request.Aborted);
            return;
        }

        await LineAnswer.SendAsync(request.Http, async lines =>
        {
            VerifyLine last = ToLine(opened.Value.Tree, new VerifyProgress(0, 0, []), 0);
            int reported = 0;
            await foreach (VerifyProgress progress in opened.Value.ReadAsync(request.Aborted))
            {
                last = ToLine(opened.Value.Tree, progress, reported);
                reported = progress.Problems.Count;
                await lines.WriteAsync(last, HutchJson.Default.VerifyLine, request.Aborted);
                await lines.FlushAsync(request.Aborted);
            }

            lines.Write(last with { End = true, Ok = reported == 0, Problems = null }, HutchJson.Default.VerifyLine);
        });
    }

    private static VerifyLine ToLine(FixedTree tree, VerifyProgress progress, int reported) => new()
    {
        Checked = progress.Files,
        Total = tree.Root.Files,
        Bytes = progress.Bytes,
        TotalBytes = tree.Root.Bytes,
        Problems = progress.Problems.Count > reported ? [.. progress.Problems.Skip(reported)] : null,
    };
}

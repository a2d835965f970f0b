using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Programs of the site, their runs, and the requests of the nodes that execute them.</summary>
public static class ProgramCalls
{
    extension(HutchClient client)
    {
        /// <summary>The programs that the server starts on behalf of users.</summary>
        /// <param name="note">Gets a sentence for each program that is left out.</param>
        public IAsyncEnumerable<ProgramInfo> ListProgramsAsync(Action<string>? note = null, CancellationToken ct = default) =>
            client.ListAsync("programs", HutchJson.Default.PageProgramInfo, note, ct);

        /// <summary>The programs, each with the reason why it does not fit a dataset, or why its start there waits.</summary>
        public IAsyncEnumerable<ProgramInfo> ListProgramsAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.ListAsync("programs" + Query(("dataset", dataset.ToString())), HutchJson.Default.PageProgramInfo, ct);

        public Task<ProgramInfo> GetProgramAsync(string name, CancellationToken ct = default) =>
            client.GetAsync($"programs/{Escape(name)}", HutchJson.Default.ProgramInfo, ct);

        /// <summary>Starts a run of a program. An engine of the server executes it.</summary>
        public Task<RunInfo> StartProgramAsync(string name, StartProgram wanted, CancellationToken ct = default) => client.PostAsync(
            $"programs/{Escape(name)}/runs", Body(wanted, HutchJson.Default.StartProgram), HutchJson.Default.RunInfo, ct);

        /// <summary>Switches a program on, so that its rule starts it.</summary>
        public Task EnableProgramAsync(string name, EnableProgram wanted, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Post, $"programs/{Escape(name)}/enable", Body(wanted, HutchJson.Default.EnableProgram).ToContent()),
            repeatable: true, ct);

        /// <summary>Switches a program off.</summary>
        public Task DisableProgramAsync(string name, DisableProgram wanted, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Post, $"programs/{Escape(name)}/disable", Body(wanted, HutchJson.Default.DisableProgram).ToContent()),
            repeatable: true, ct);

        /// <summary>Returns a failed or cancelled run of a program to the queue.</summary>
        public Task<RunInfo> RetryRunAsync(string run, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, $"runs/{Escape(run)}/retry"), repeatable: false, HutchJson.Default.RunInfo, ct);

        /// <summary>Starts the program of a run again. The site compares the results and signs what it found.</summary>
        public Task<RunInfo> RerunAsync(string run, StartRerun wanted, CancellationToken ct = default) => client.PostAsync(
            $"runs/{Escape(run)}/rerun", Body(wanted, HutchJson.Default.StartRerun), HutchJson.Default.RunInfo, ct);

        /// <summary>The signed statements of sites that computed the results in a dataset again, the oldest first.</summary>
        public IAsyncEnumerable<StatementInfo> ListStatementsAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.ListAsync($"datasets/{dataset}/statements", HutchJson.Default.PageStatementInfo, ct);

        /// <summary>Adds a statement that another site signed. The same again changes nothing.</summary>
        public Task AddStatementAsync(DatasetId dataset, AddStatement statement, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Post, $"datasets/{dataset}/statements", Body(statement, HutchJson.Default.AddStatement).ToContent()),
            repeatable: true, ct);

        /// <summary>The last lines of a program's output, while its run is in progress.</summary>
        public async Task<byte[]> GetRunLogAsync(string run, CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.SendAsync(
                () => Request(HttpMethod.Get, $"runs/{Escape(run)}/log"), repeatable: true, ct);
            return await response.Content.ReadAsByteArrayAsync(ct);
        }

        /// <summary>Claims an attempt for this machine. The same claim again is accepted.</summary>
        public Task<AttemptInfo> ClaimAttemptAsync(string run, int attempt, ClaimAttempt claim, CancellationToken ct = default) =>
            client.CallAsync(
                () => Request(
                    HttpMethod.Post, Path(run, attempt, "claim"), Body(claim, HutchJson.Default.ClaimAttempt).ToContent()),
                repeatable: true, HutchJson.Default.AttemptInfo, ct);

        /// <summary>Shows that an attempt is executed. A refusal means that it is not current any more.</summary>
        public Task NoteAttemptAsync(string run, int attempt, NoteAttempt note, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, Path(run, attempt, "beat"), Body(note, HutchJson.Default.NoteAttempt).ToContent()),
            repeatable: true, ct);

        /// <summary>Ends a run whose attempt has no results to push.</summary>
        public Task<RunInfo> FinishAttemptAsync(string run, int attempt, FinishAttempt end, CancellationToken ct = default) =>
            client.CallAsync(
                () => Request(
                    HttpMethod.Post, Path(run, attempt, "finish"), Body(end, HutchJson.Default.FinishAttempt).ToContent()),
                repeatable: true, HutchJson.Default.RunInfo, ct);
    }

    private static string Path(string run, int attempt, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"runs/{Escape(run)}/attempts/{attempt}/{what}");
}

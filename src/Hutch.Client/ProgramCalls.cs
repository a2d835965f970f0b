namespace Hutch.Client;

/// <summary>Programs of the site, their runs, and the requests of the nodes that execute them.</summary>
public static class ProgramCalls
{
    extension(HutchClient client)
    {
        /// <summary>The programs that the server starts on behalf of users.</summary>
        /// <param name="note">Gets a sentence for each program that is left out.</param>
        public IAsyncEnumerable<ProgramInfo> ListProgramsAsync(Action<string>? note = null, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Programs.List.At(), note, ct);

        /// <summary>The programs, each with the reason why it does not fit a dataset, or why its start there waits.</summary>
        public IAsyncEnumerable<ProgramInfo> ListProgramsAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Programs.List.At().With("dataset", dataset), ct);

        public Task<ProgramInfo> GetProgramAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Programs.Find.At(name), ct);

        /// <summary>Starts a run of a program. An engine of the server executes it.</summary>
        public Task<RunInfo> StartProgramAsync(string name, StartProgram wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Programs.Start.At(name), wanted, ct);

        /// <summary>Switches a program on, so that its rule starts it.</summary>
        public Task EnableProgramAsync(string name, EnableProgram wanted, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Programs.Enable.At(name), wanted, ct);

        /// <summary>Switches a program off.</summary>
        public Task DisableProgramAsync(string name, DisableProgram wanted, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Programs.Disable.At(name), wanted, ct);

        /// <summary>Returns a failed or cancelled run of a program to the queue.</summary>
        public Task<RunInfo> RetryRunAsync(string run, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Programs.Retry.At(run), ct);

        /// <summary>Starts the program of a run again. The site compares the results and signs what it found.</summary>
        public Task<RunInfo> RerunAsync(string run, StartRerun wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Programs.Rerun.At(run), wanted, ct);

        /// <summary>The signed statements of sites that computed the results in a dataset again, the oldest first.</summary>
        public IAsyncEnumerable<StatementInfo> ListStatementsAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Programs.ListStatements.At(dataset), ct);

        /// <summary>Adds a statement that another site signed. The same again changes nothing.</summary>
        public Task AddStatementAsync(DatasetId dataset, AddStatement statement, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Programs.AddStatement.At(dataset), statement, ct);

        /// <summary>The last lines of a program's output, while its run is in progress.</summary>
        public async Task<byte[]> GetRunLogAsync(string run, CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.OpenAsync(RestCalls.Programs.ReadLog.At(run), ct);
            return await response.Content.ReadAsByteArrayAsync(ct);
        }

        /// <summary>Claims an attempt for this machine. The same claim again is accepted.</summary>
        public Task<AttemptInfo> ClaimAttemptAsync(string run, int attempt, ClaimAttempt claim, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Programs.ClaimAttempt.At(run, attempt), claim, ct);

        /// <summary>Shows that an attempt is executed. A refusal means that it is not current any more.</summary>
        public Task NoteAttemptAsync(string run, int attempt, NoteAttempt note, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Programs.NoteAttempt.At(run, attempt), note, ct);

        /// <summary>Ends a run whose attempt has no results to push.</summary>
        public Task<RunInfo> FinishAttemptAsync(string run, int attempt, FinishAttempt end, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Programs.FinishAttempt.At(run, attempt), end, ct);
    }
}

using Hutch.Disk;
using Hutch.Types.Documents;

namespace Hutch.Programs.Documents;

/// <summary>
/// The programs of a server: the documents in a folder of its operator, read at the start and every few seconds. An invalid file leaves out
/// its program and affects nothing else.
/// </summary>
/// <remarks>Thread-safe. Reading <see cref="Programs"/> touches no disk.</remarks>
public sealed class ProgramLibrary
{
    private readonly DocumentFolder? _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private State _state = new([], []);

    /// <summary>Reads the folder for the first time; a null folder has no programs.</summary>
    public ProgramLibrary(IDisk disk, string? folder, TimeProvider time)
    {
        _folder = folder is null ? null : new DocumentFolder(disk, folder, "programs.folder", "programs", time);
        _time = time;
        Refresh();
    }

    /// <summary>The programs, in the order of their names.</summary>
    public IReadOnlyList<ProgramDocument> Programs => Volatile.Read(ref _state).Programs;

    public IReadOnlyList<TypeProblem> Problems => Volatile.Read(ref _state).Problems;

    public Result<ProgramDocument> Find(string name)
    {
        IReadOnlyList<ProgramDocument> programs = Programs;
        return programs.FirstOrDefault(program => program.Name == name) is { } found ? found
            : Problems.FirstOrDefault(problem => Path.GetFileNameWithoutExtension(problem.File) == name) is { } left
                ? (ErrorCode.NotFound with { Advice = "The operator of this server corrects the document." }).With(
                    $"The program {Display.Quote(name)} is left out: {left}")
            : (ErrorCode.NotFound with { Advice = "Check the name; `hutch program list` lists the programs." }).With(
                $"There is no program {Display.Quote(name)}{Suggestion.For(name, programs.Select(static program => program.Name))}");
    }

    /// <summary>Scans the folder every few seconds until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (_folder is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(DocumentFolder.Step, _time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            Refresh();
        }
    }

    /// <summary>Scans the folder and reads the changed files.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            if (_folder?.Read() is { } reading)
            {
                // A folder that is away for a while takes no program along.
                Volatile.Write(
                    ref _state, reading.Files is { } files ? Read(files, reading.Problems) : new State(Programs, reading.Problems));
            }
        }
    }

    private static State Read(IReadOnlyList<DocumentFile> files, IReadOnlyList<TypeProblem> unreadable)
    {
        var programs = new SortedDictionary<string, ProgramDocument>(StringComparer.Ordinal);
        var problems = new List<TypeProblem>(unreadable);
        foreach (DocumentFile file in files)
        {
            ProgramDocument? program = ProgramReader.Read(file.Name, file.Bytes, out IReadOnlyList<TypeProblem> wrong);
            problems.AddRange(wrong);
            if (program is not null && !programs.TryAdd(program.Name, program))
            {
                problems.Add(new TypeProblem(
                    file.Name, 0, 0,
                    $"the program '{program.Name}' is in {programs[program.Name].File} already: remove one of the files."));
            }
        }

        while (ProgramCycles.Find(programs.Values) is { } cycle)
        {
            problems.Add(ProgramCycles.ProblemOf(cycle));
            cycle.ToList().ForEach(program => programs.Remove(program.Name));
        }

        return new State([.. programs.Values], problems);
    }

    private sealed record State(IReadOnlyList<ProgramDocument> Programs, IReadOnlyList<TypeProblem> Problems);
}

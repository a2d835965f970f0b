using System.Diagnostics;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>Reads what a process prints for as long as it runs, and keeps the newest lines.</summary>
internal sealed class ProcessOutput
{
    private const int MaxLines = 200;

    private readonly Queue<string> _lines = new();

    public ProcessOutput(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Text
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
            {
                _lines.Dequeue();
            }
        }
    }
}

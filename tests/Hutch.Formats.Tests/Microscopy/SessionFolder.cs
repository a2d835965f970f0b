using System.Text;
using Hutch.Formats.Microscopy.Sessions;

namespace Hutch.Formats.Tests.Microscopy;

/// <summary>The files of a session in memory.</summary>
internal sealed class SessionFolder
{
    private readonly Dictionary<string, string> _files = [];

    /// <summary>Adds a file; one without a text is not read, such as a movie.</summary>
    public SessionFolder With(string path, string text = "")
    {
        _files[path] = text;
        return this;
    }

    public SessionTable Table() => SessionBuilder.Build(
        [.. _files.Keys],
        [
            .. _files.Where(static file => SessionNames.KindOf(file.Key) != SessionFileKind.Other).Select(
                static file => SessionFile.Read(file.Key, SessionNames.KindOf(file.Key), Encoding.UTF8.GetBytes(file.Value))),
        ],
        []);
}

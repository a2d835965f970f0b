namespace Hutch.Simulator.Microscope;

/// <summary>The files of a session besides its movies, and the names of these.</summary>
internal interface ISessionFiles
{
    /// <summary>Writes the files that precede the first movie.</summary>
    void Begin();

    /// <summary>The path of a movie, in the folder of the session.</summary>
    string NameOf(int movie, DateTimeOffset time);

    /// <summary>Writes the metadata of a movie after its end.</summary>
    /// <param name="sum">The sum of its frames.</param>
    void Describe(int movie, DateTimeOffset time, ReadOnlySpan<short> sum);

    /// <summary>Writes the late files.</summary>
    void End();
}

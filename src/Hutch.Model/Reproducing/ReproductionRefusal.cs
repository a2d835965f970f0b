namespace Hutch.Model.Reproducing;

/// <summary>The reason why the bytes of a dataset are not evicted although a program may compute them again.</summary>
public enum ReproductionRefusal
{
    /// <summary>The home is another site.</summary>
    Elsewhere,

    /// <summary>It is in the trash, or has ended.</summary>
    NotPresent,

    Open,

    Temporary,

    /// <summary>Its files are in a folder of the facility.</summary>
    InFolder,

    /// <summary>Other sites hold it, or are asked to, or it is evicted.</summary>
    HasEviction,

    /// <summary>It is or was published, or has a DOI.</summary>
    Published,

    /// <summary>Another site has a copy, or was asked for one.</summary>
    HasCopies,

    /// <summary>No rule permits it.</summary>
    NoRule,

    /// <summary>A rule needs copies.</summary>
    NeedsCopies,

    NoStatement,

    /// <summary>The site that signed the newest statement is not of the zone, or not any more.</summary>
    ForeignStatement,

    /// <summary>The site that signed it is neither the home nor one that the rules name.</summary>
    OtherSite,

    /// <summary>The newest statement is older than a rule permits.</summary>
    OldStatement,

    /// <summary>The newest statement has a time in the future.</summary>
    FutureStatement,

    /// <summary>The newest statement says that files differ.</summary>
    Different,

    /// <summary>The newest statement needed a tolerance.</summary>
    Tolerance,

    /// <summary>The command of the rerun may have seen more than its image and its inputs.</summary>
    NotIsolated,

    /// <summary>The newest statement is about other results than the dataset has now.</summary>
    OtherResults,

    /// <summary>The rerun executed another document of the program.</summary>
    OtherProgram,

    /// <summary>The rerun read other versions than the run.</summary>
    OtherInputs,

    /// <summary>The run that made the dataset is not known, or is not done, or wrote to other datasets.</summary>
    NoRun,

    /// <summary>The document of the program is not stored here, or this release cannot read it.</summary>
    NoDocument,

    /// <summary>The program runs on the system of the node, which changes.</summary>
    NoImage,

    /// <summary>The program can use the network.</summary>
    Network,

    /// <summary>The run has parts, which cannot be repeated.</summary>
    Parts,

    /// <summary>No engine here can execute the program.</summary>
    NoEngine,

    /// <summary>It has other versions than the results of the run.</summary>
    OtherVersions,

    /// <summary>Too many files differ by nature.</summary>
    TooManyKept,

    /// <summary>The dataset is an input of its own run.</summary>
    OwnInput,

    /// <summary>An input is not closed at its home here.</summary>
    InputElsewhere,

    /// <summary>The version of an input is not here as the run read it.</summary>
    InputChanged,

    /// <summary>The bytes of an input are evicted, and only a program has them.</summary>
    InputReproducedOnly,

    /// <summary>Fewer than two sites hold an input.</summary>
    InputNotHeld,
}

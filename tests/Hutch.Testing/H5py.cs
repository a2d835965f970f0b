namespace Hutch.Testing;

/// <summary>Writes files with h5py.</summary>
public static class H5py
{
    /// <summary>Runs a script in a folder; <c>h5py</c>, <c>np</c> and <c>os</c> are imported.</summary>
    public static Task WithH5pyAsync(this TemporaryFolder folder, string script) =>
        Python.RunAsync("import os, sys, h5py, numpy as np\nos.chdir(sys.argv[1])\n" + script, folder.Path);
}

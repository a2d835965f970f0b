namespace Hutch.Node.Attempts;

/// <summary>
/// The way into the sandbox, in lines of a shell: into the control groups of a command, so that no process escapes them, and into a network
/// of its own. Arguments of bubblewrap are read from a file, because the command sees those of its first process.
/// </summary>
internal static class SandboxEntry
{
    /// <summary>The descriptor with the arguments of bubblewrap.</summary>
    internal const string Descriptor = "9";

    private const string Shell = "/bin/sh";
    private const string ArgumentFile = "sandbox-arguments";
    private const string ResolverFile = "sandbox-resolv.conf";

    // A process that writes 0 becomes a member itself.
    private const string Enter =
        "f=$1; n=$2; shift 2; while [ \"$n\" -gt 0 ]; do echo 0 > \"$1\" || exit 125; shift; n=$((n-1)); done; exec \"$@\" 9< \"$f\"";

    // The process of the network must find the new namespace, and the command the network: each waits for the other. The kernel refuses
    // link-local addresses, at which clouds have their metadata; slirp4netns refuses those of this machine's loopback.
    private const string Connect = """
        PATH=$PATH:/usr/sbin:/sbin; d=$1; u=$2; shift 2; rm -f "$d/net-in" "$d/net-up"; mkfifo "$d/net-in" "$d/net-up" || exit 125
        unshare $u --net -- /bin/sh -c 'd=$1; shift; echo 1 > "$d/net-in"; read up < "$d/net-up"
        [ "$up" = 1 ] && ip route add blackhole 169.254.0.0/16 || { echo "hutch: the network of the run did not start" >&2; exit 125; }
        exec "$@"' sh "$d" "$@" &
        p=$!; read in < "$d/net-in"
        slirp4netns --configure --mtu=65520 --disable-host-loopback --enable-sandbox --enable-seccomp --ready-fd=3 "$p" tap0 \
            3> "$d/net-up" > /dev/null 2>&1 &
        s=$!; wait "$p"; c=$?; kill "$s" 2> /dev/null; exit "$c"
        """;

    // The address at which slirp4netns answers for the resolver of the machine.
    private const string Resolver = "nameserver 10.0.2.3\n";

    /// <summary>Writes the file of names for a command with a network of its own; returns its path.</summary>
    internal static string WriteResolver(string folder)
    {
        string path = Path.Combine(folder, ResolverFile);
        File.WriteAllText(path, Resolver);
        return path;
    }

    /// <summary>Returns the command that enters the groups and the network, and executes another one there.</summary>
    /// <param name="folder">A folder outside of the sandbox, for this command alone.</param>
    /// <param name="isolation">The arguments of bubblewrap, which reads them from <see cref="Descriptor"/>.</param>
    /// <param name="command">The program and its arguments.</param>
    internal static IReadOnlyList<string> Wrap(
        string folder, IReadOnlyList<string> isolation, ControlGroup? group, bool hasOwnNetwork, bool isRoot, IReadOnlyList<string> command)
    {
        string file = Path.Combine(folder, ArgumentFile);
        File.WriteAllText(file, string.Concat(isolation.Select(static word => word + '\0')));
        IReadOnlyList<string> entrances = group?.Entrances ?? [];
        IReadOnlyList<string> entered =
        [
            Shell, "-c", Enter, "sh", file, entrances.Count.ToString(CultureInfo.InvariantCulture), .. entrances, .. command,
        ];
        return hasOwnNetwork ? [Shell, "-c", Connect, "sh", folder, isRoot ? "" : "--user --map-root-user", .. entered] : entered;
    }
}

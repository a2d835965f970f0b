#!/bin/bash
# Twenty workers of a Hutch server as a Slurm job array: sbatch worker-array.sh
#
# HUTCH_REMOTE is the server, and HUTCH_TOKEN_FILE a file with a token of the scope work that only you can read:
#   hutch token create --scope work --name slurm >~/.hutch-worker && chmod 600 ~/.hutch-worker
# Each task ends with the job. Slurm sends SIGTERM a minute before, so that the worker gives its frames back.

#SBATCH --job-name=hutch-worker
#SBATCH --array=1-20
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --time=08:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue

set -euo pipefail

: "${HUTCH_REMOTE:?is the URL of the server}"
HUTCH_TOKEN=$(<"${HUTCH_TOKEN_FILE:-$HOME/.hutch-worker}")
export HUTCH_REMOTE HUTCH_TOKEN

echo "Task ${SLURM_ARRAY_TASK_ID:?comes from Slurm} of job ${SLURM_ARRAY_JOB_ID:-none} on $(hostname)"

# exec: the signals of Slurm reach the worker itself.
exec hutch worker --threads "${SLURM_CPUS_PER_TASK:-1}" ${HUTCH_NAMESPACE:+--namespace "$HUTCH_NAMESPACE"}

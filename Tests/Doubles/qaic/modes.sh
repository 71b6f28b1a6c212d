# fails MODE WORD...: whether QAIC_DOUBLE asks for MODE for this command line.
fails() {
  wanted=$1
  shift
  rest=${QAIC_DOUBLE:-}
  while [ -n "$rest" ]; do
    entry=${rest%%;*}
    case $rest in *\;*) rest=${rest#*;} ;; *) rest= ;; esac
    case $entry in
      "$wanted") return 0 ;;
      "$wanted"@*)
        for word in "$@"; do [ "$word" = "${entry#*@}" ] && return 0; done ;;
    esac
  done
  return 1
}

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

# meets NAME: waits until a second process of this name has come, for ten seconds at most.
meets() {
  : > "$QAIC_DOUBLE_LOG.$1.$$"
  tries=0
  until [ "$(ls "$QAIC_DOUBLE_LOG.$1".* | wc -l)" -ge 2 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo "alone" >&2; return 1; }
    sleep 0.05
  done
}
